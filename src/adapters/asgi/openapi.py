"""The OpenAPI document, made from the same table that requests are checked against."""

from collections.abc import Iterable
from typing import Any

from .table import Endpoint

_ERROR = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "trace": {"type": "string"},
    },
}
_REFUSALS = {
    400: "The request is wrong; the message says where",
    401: "No token, or one that is not known",
    403: "The token does not allow this",
    404: "There is no such thing",
    409: "The name is in use",
    412: "Somebody else saved meanwhile",
    413: "Too large, or nested too deeply",
    415: "Another kind of body is expected",
    429: "Too much at once",
}
_OK = {200: "Done", 201: "Made", 204: "Done", 304: "Not changed"}


def openapi_document(endpoints: Iterable[Endpoint], version: str) -> dict[str, Any]:
    """The document for these endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "penstock", "version": version, "description": "Streaming flows over HTTP."},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR},
        },
        "security": [{"token": []}],
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in endpoint.path_names
    ]
    for each in endpoint.query:
        schema = {"type": "array", "items": each.schema, "minItems": 1} if each.repeated else each.schema
        parameters.append({"name": each.name, "in": "query", "required": each.required, "schema": schema})
    made: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method.lower()} {endpoint.path}",
        "parameters": parameters,
        "responses": {
            **{str(status): _answer(endpoint, status, schema) for status, schema in endpoint.answers.items()},
            **{
                str(status): {
                    "description": words,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
                for status, words in _REFUSALS.items()
            },
        },
    }
    if endpoint.public:
        made["security"] = []
    if endpoint.body is not None or endpoint.stream:
        schema = endpoint.body if endpoint.body is not None else {"type": "string", "format": "binary"}
        required = endpoint.stream or endpoint.body_required
        if endpoint.media == "application/x-www-form-urlencoded":
            schema = {"type": "object", "properties": {"apikey": {"type": "string"}}}
            required = False
        made["requestBody"] = {"required": required, "content": {endpoint.media: {"schema": schema}}}
    return made


def _answer(endpoint: Endpoint, status: int, schema: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"description": _OK.get(status, "Done")}
    if schema is not None:
        made["content"] = {"application/json": {"schema": schema}}
    elif status == 200:
        made["content"] = {endpoint.answer_media: {}}
    return made
