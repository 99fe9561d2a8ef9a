"""The bed with a known answer: corpora that are drawn from a formula, and what a method must do on them."""
