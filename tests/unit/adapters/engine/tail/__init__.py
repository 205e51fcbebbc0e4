"""File Tail."""
