"""Training: the inputs, the loop, its checkpoints, and the records of each epoch."""
