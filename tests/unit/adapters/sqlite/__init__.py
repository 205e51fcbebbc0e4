"""Promises of the SQLite adapter beyond those of every backend."""
