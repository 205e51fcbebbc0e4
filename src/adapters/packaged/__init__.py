"""packaged."""
