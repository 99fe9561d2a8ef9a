"""Predictions of a shared model on clips without labels, and which modalities have information about a clip."""
