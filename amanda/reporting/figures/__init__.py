"""Common parts of the figures: style, captions, files."""
