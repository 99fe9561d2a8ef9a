"""Clips that a person names: media files, folders of them and tables, and the words of files that lie beside them."""
