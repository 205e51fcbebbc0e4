"""Protocols that adapters implement; their docstrings are the promises the contract suites check."""
