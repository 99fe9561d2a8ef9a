"""Three sentences of the paper put to the test: paired differences over seeds, their intervals, and verdicts."""
