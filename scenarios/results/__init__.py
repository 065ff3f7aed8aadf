"""Folders of results: written whole, read and checked."""
