"""Promises of comparing flows."""
