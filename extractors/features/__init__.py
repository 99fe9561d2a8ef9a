"""Stored features: the format of the store, and the extraction of a clip's frames into it."""
