"""Quality of a corpus's media: measurements of each clip, and the checks that find defective clips."""
