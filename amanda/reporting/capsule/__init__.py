"""The capsule: what is given away, under which names, and how it is computed again."""
