"""What an operator may choose about a server."""

import attrs

from .tokens import Tokens


@attrs.frozen
class Limits:
    """Bounds on what one client may ask for; each is answered with a 4xx that names it."""

    body_bytes: int = 16 * 1024 * 1024
    upload_bytes: int = 256 * 1024 * 1024
    upload_s: float = 120.0
    json_depth: int = 100
    url_bytes: int = 16 * 1024
    previews: int = 8
    runs: int = 16
    kept_previews: int = 256
    kept_pipelines: int = 1024
    preview_timeout_ms: int = 120_000
    page: int = 100


@attrs.frozen
class ServerSettings:
    """The choices of an operator. Without tokens everybody who reaches the server may do everything."""

    tokens: Tokens = attrs.field(factory=Tokens)
    limits: Limits = attrs.field(factory=Limits)
    cors_origins: tuple[str, ...] = ()
    hsts: bool = False
    refusal_s: float = 0.5
    """How long a wrong token waits for its answer, so that guessing takes its time."""
    first_answer_s: float = 10.0
    """How long a validation or preview is waited for before the client is told to ask again."""
