"""What the rules compute before any program runs: the checked config, which files a rule reads, and each flag."""
