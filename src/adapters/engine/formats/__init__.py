"""Data formats: from bytes to records and back."""

from .fault import FormatFault

__all__ = ["FormatFault"]
