"""Pretrained networks: find, check and load them, and run them on many inputs."""
