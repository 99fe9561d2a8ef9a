"""Synthetic twins of the four releases and tiny seeded backbones, so that the whole pipeline runs on any machine."""
