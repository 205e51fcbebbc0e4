"""Archives of flows: ZIP files and single JSON files, read with every limit and written byte for byte the same."""

from .limits import Limits
from .reading import Member, read_archive
from .writing import member_name, write_archive

__all__ = ["Limits", "Member", "member_name", "read_archive", "write_archive"]
