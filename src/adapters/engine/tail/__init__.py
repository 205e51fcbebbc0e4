"""File Tail: files that are still written, and those that they became when they were rolled."""
