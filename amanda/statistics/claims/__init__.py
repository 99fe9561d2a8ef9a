"""Claims of the paper as differences with intervals."""
