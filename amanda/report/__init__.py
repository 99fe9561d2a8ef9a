"""What people read of the results: Table 1 as CSV, Markdown, LaTeX and HTML, with notes made from the data."""
