"""Fixtures of the tests of the losses."""

from helpers.small_algorithms import batch

__all__ = ["batch"]
