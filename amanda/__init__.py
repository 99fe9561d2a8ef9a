"""Arrays to numbers: the model, the losses, the methods, training, scoring and the report."""
