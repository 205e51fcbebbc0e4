"""Promises of the catalogue that ships."""
