"""Tests of the data formats, split by format."""
