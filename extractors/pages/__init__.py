"""Pages that show a corpus to a person."""
