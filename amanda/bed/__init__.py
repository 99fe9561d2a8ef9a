"""Test beds with a known answer: corpora that are drawn from a formula, and the effects that methods must have."""
