"""Read media files: the time axis, the pictures as a player shows them, and the sound."""
