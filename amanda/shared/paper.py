"""The corpora of the paper."""

CORPORA = ("iemocap", "meld", "mosei", "msp_improv")
"""Corpora with licensed releases and with twins; any other corpus has a user's own clips."""
