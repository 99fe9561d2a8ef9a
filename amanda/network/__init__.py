"""The network of the paper's section 3.1, and packed frames as its input."""
