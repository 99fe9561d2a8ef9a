"""Table 1: rows, notes and formats."""
