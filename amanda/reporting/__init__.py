"""Reports for readers: Table 1, figures, the page, claims, the capsule."""
