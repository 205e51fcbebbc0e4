"""The SQLite adapter: one file, several processes."""

from .backend import SqliteBackend

__all__ = ["SqliteBackend"]
