"""Models that are shared: their folder, what they predict, and their adaptation without the source's clips."""
