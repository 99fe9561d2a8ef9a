"""Faces in pictures: detection, tracking, choice of the speaker's face, and crop."""
