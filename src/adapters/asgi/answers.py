"""Answers: JSON with an ETag, errors with one shape, whatever went wrong."""

import hashlib
import json
from typing import Any

from starlette.responses import Response

from ...core.errors import (
    ConflictError,
    FormatError,
    LimitError,
    NameInUseError,
    NotFoundError,
    PenstockError,
    UnsupportedError,
    UsageError,
)
from .service import BusyError

# the first that fits decides
STATUSES: tuple[tuple[type[PenstockError], int, str], ...] = (
    (NotFoundError, 404, "not_found"),
    (NameInUseError, 409, "name_in_use"),
    (ConflictError, 412, "stale"),
    (LimitError, 413, "too_large"),
    (FormatError, 400, "bad_format"),
    (BusyError, 429, "busy"),
    (UnsupportedError, 400, "unsupported"),
    (UsageError, 400, "bad_request"),
)


def answer(value: Any, status: int = 200, etag: str | None = None) -> Response:
    """A JSON answer. Texts are escaped to ASCII: a document may hold what UTF-8 cannot."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    return Response(text, status, {"etag": etag} if etag else None, "application/json")


def nothing(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status_code=status)


def etag_of(text: str) -> str:
    """A strong tag of a text."""
    return f'"{hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def error_answer(
    status: int, code: str, message: str, request_id: str, headers: dict[str, str] | None = None
) -> Response:
    """An error: what happened, and the id to ask about."""
    body = {"errors": [{"code": code, "message": message}], "trace": request_id, "status_code": status}
    made = answer(body, status)
    for name, value in (headers or {}).items():
        made.headers[name] = value
    return made


def refused(error: PenstockError, request_id: str) -> Response:
    """The answer to an error of the caller."""
    for kind, status, code in STATUSES:
        if isinstance(error, kind):
            headers = {"retry-after": "1"} if status == 429 else None
            return error_answer(status, code, str(error), request_id, headers)
    return error_answer(500, "internal", "the server failed; its log knows why", request_id)
