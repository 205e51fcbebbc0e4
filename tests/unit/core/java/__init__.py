"""Promises of what Java does."""
