"""Predictions of a shared model on clips without labels: who has something to say of a clip, and what the answer is."""
