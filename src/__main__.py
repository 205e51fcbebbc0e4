"""``python -m penstock``."""

from .cli import main

main()
