"""Promises of processors."""
