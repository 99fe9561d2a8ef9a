"""The lowest layer: settings, origins of results, and tools that every other folder may use."""
