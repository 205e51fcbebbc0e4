"""HTTP Client stages against a server on the loopback."""
