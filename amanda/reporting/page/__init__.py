"""The page results/report.html; each section is a file."""
