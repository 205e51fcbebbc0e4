"""Promises of archives."""
