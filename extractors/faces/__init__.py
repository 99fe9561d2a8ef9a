"""Faces in pictures: where they are, who is who, and which is the speaker's."""
