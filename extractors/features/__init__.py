"""Stored features: the store's format, and how a clip's frames get there."""
