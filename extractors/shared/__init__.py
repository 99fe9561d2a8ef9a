"""The lowest layer: modules that every program uses, and that `amanda` may use too."""
