"""Faces in pictures: where they are, who is who, which is the speaker's, and how it is cut out."""
