"""Scores of predictions, and the selection of an epoch."""
