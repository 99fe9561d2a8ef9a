"""Media files: their time axis, their pictures as a player shows them, their sound."""
