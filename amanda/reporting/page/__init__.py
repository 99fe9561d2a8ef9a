"""The page: one section a file."""
