"""How sure the scores are: noise, comparisons, ranks, power."""
