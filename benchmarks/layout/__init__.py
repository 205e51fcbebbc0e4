"""The automatic arrangement beside those of others."""
