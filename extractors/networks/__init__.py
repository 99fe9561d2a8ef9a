"""Pretrained networks: how they are found, checked, loaded and run on many inputs."""
