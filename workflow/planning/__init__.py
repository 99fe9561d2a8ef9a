"""Functions that the rules use before any program runs: the checked config, the files of a rule, and the flags."""
