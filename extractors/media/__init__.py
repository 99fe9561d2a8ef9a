"""Media files: their clock, their pictures as people see them, their sound."""
