"""Training: what is read, the loop, its checkpoints, and what is recorded of each epoch."""
