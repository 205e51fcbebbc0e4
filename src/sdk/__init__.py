"""The API that people call."""
