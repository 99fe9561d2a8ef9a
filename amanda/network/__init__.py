"""The network of section 3.1 and how it reads packed frames."""
