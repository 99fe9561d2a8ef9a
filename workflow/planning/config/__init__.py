"""The checks of a config: the files as they were typed, the schema, and one sentence for the first mistake."""
