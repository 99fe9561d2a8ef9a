"""The ground floor: what every program uses, and what `amanda` may use too."""
