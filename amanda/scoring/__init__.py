"""Scores of predictions, and the rules that choose an epoch."""
