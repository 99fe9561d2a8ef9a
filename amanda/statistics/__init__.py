"""Uncertainty of the scores: noise, comparisons, ranks, power."""
