"""The verdicts on the paper's claims, as a table and in words."""
