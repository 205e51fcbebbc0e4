"""Promises of pictures."""
