"""The corpora of the paper."""

CORPORA = ("iemocap", "meld", "mosei", "msp_improv")
"""Their releases are licensed, and they have twins; any other corpus is of somebody's own clips."""
