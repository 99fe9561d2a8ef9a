"""Clips that a user names as media files, folders or tables, with transcripts from files beside them."""
