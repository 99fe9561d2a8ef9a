"""Losses as pure functions: those of the paper, and the surrogates that balance them."""
