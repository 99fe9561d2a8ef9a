"""Scores to the paper's Figure 2 and histories to its Figure 3: data from files, a picture from data, a caption."""
