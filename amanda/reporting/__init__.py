"""What people read: Table 1, figures, the page, claims, the capsule."""
