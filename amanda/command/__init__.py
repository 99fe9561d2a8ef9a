"""The command ``amanda`` for people: thin over the programs of both packages, which it runs as the workflow does."""
