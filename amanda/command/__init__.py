"""The command ``amanda`` for users; it runs the programs of both packages with the same flags as the workflow."""
