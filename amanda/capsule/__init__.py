"""A capsule: one zip with all that Table 1 and the statistics are computed from, and nothing of a corpus."""
