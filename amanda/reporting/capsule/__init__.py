"""The capsule: the published results, anonymous names, and the recomputation of Table 1."""
