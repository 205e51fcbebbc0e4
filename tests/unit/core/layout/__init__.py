"""The automatic arrangement."""
