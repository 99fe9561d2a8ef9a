"""Pages that show a corpus."""
