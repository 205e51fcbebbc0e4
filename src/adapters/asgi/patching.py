"""JSON Patch on documents."""

from typing import Any

import jsonpatch
import jsonpointer

from ...core.errors import InvalidValueError


def patched(document: Any, patch: Any) -> Any:
    """The document after a JSON Patch; the given one stays as it was.

    Raises:
        InvalidValueError: an operation that does not fit the document.
    """
    try:
        return jsonpatch.apply_patch(document, patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError, ValueError) as error:
        raise InvalidValueError("JSON Patch", str(error)[:200], "operations that fit the document") from None
