"""Shared models: their folder, their predictions, and their adaptation without the source's clips."""
