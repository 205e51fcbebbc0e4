"""The service's protocol over any local backend, as an ASGI application."""

from .app import build_app
from .faults import Fault, Faults, RequestLog, Seen
from .service import Parts
from .settings import Limits, ServerSettings
from .tokens import Grant, Tokens, grants_of_text

__all__ = [
    "Fault",
    "Faults",
    "Grant",
    "Limits",
    "Parts",
    "RequestLog",
    "Seen",
    "ServerSettings",
    "Tokens",
    "build_app",
    "grants_of_text",
]
