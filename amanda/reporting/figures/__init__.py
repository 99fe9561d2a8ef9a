"""What the figures share: look, captions, files."""
