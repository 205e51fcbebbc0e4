"""Promises of records."""
