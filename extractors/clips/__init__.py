"""Clips that a user names: media files, folders and tables, with transcripts from files beside them."""
