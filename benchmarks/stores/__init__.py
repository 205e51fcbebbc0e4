"""How fast the stores save, read, list and search."""
