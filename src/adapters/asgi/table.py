"""The table of endpoints: one row says path, scope, what may be asked and what is answered; OpenAPI is made from it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import attrs
from jsonschema import Draft202012Validator
from starlette.requests import Request
from starlette.responses import Response

from ...core.errors import FormatError, InvalidValueError
from ...core.flow.credentials import looks_secret
from ...core.flow.json_text import parse_json
from ...core.project import ProjectId
from ...core.values import kind_word
from .service import Room, Service

Schema: TypeAlias = dict[str, Any]

TEXT: Schema = {"type": "string"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"]}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": r"\S"}
OBJECT: Schema = {"type": "object"}
FLAG: Schema = {"type": "string", "pattern": "^([Tt]rue|[Ff]alse)$"}
NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 10_000}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
PATCH: Schema = {
    "type": "array",
    "maxItems": 1000,
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "test"]},
            "path": {"type": "string", "pattern": "^/"},
        },
    },
}


def obj(required: Mapping[str, Schema] | None = None, optional: Mapping[str, Schema] | None = None) -> Schema:
    """The schema of an object with these keys; others are let through."""
    made: Schema = {"type": "object", "properties": {**(required or {}), **(optional or {})}}
    if required:
        made["required"] = list(required)
    return made


@attrs.frozen
class Query:
    """A parameter of the query; a repeated one is a list."""

    name: str
    schema: Schema
    required: bool = False
    repeated: bool = False


PROJECT = Query("project_id", {"type": "string", "minLength": 1}, required=True)


@attrs.frozen
class Call:
    """One request, checked: who asks for what."""

    service: Service
    request: Request
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None
    scopes: frozenset[str] = frozenset()

    async def room(self) -> Room:
        """The project that the query names. Raises ``NotFoundError``."""
        return await self.service.room(ProjectId(self.query["project_id"]))

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no of the query."""
        value = self.query.get(name)
        return default if value is None else str(value).lower() == "true"

    @property
    def whole(self) -> bool:
        """True when the client is one that wants everything penstock knows."""
        return "x-penstock" in self.request.headers

    @property
    def base_url(self) -> str:
        """The address that the client used, without a slash at the end."""
        return str(self.request.base_url).rstrip("/")


Handler: TypeAlias = Callable[[Call], Awaitable[Response]]


@attrs.frozen
class Endpoint:
    """One row of the table."""

    method: str
    path: str
    handler: Handler
    scope: str = "read"
    query: tuple[Query, ...] = ()
    body: Schema | None = None
    body_required: bool = True
    stream: bool = False
    media: str = "application/json"
    answers: Mapping[int, Schema | None] = attrs.field(factory=dict)
    answer_media: str = "application/json"
    summary: str = ""
    public: bool = False

    @property
    def path_names(self) -> tuple[str, ...]:
        """The names in braces."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def check_query(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    """The parameters of the query that the endpoint knows, checked.

    Raises:
        InvalidValueError: naming the parameter.
    """
    found: dict[str, Any] = {}
    for each in endpoint.query:
        given = request.query_params.getlist(each.name)
        if not given:
            if each.required:
                raise InvalidValueError(f"query parameter {each.name}", None, "a value")
            continue
        values = [_coerced(value, each) for value in given]
        if len(values) > 1 and not each.repeated:
            raise InvalidValueError(f"query parameter {each.name}", given[:3], "one value")
        for value in values:
            if not Draft202012Validator(each.schema).is_valid(value):
                raise InvalidValueError(f"query parameter {each.name}", value, words_of(each.schema))
        found[each.name] = values if each.repeated else values[0]
    return found


def _coerced(text: str, query: Query) -> object:
    if query.schema.get("type") != "integer":
        return text
    if text.isascii() and text.lstrip("-").isdigit() and len(text) < 12:
        return int(text)
    raise InvalidValueError(f"query parameter {query.name}", text[:60], words_of(query.schema))


def check_body(endpoint: Endpoint, data: bytes) -> Any:
    """The JSON body, checked against the schema of the endpoint.

    Raises:
        InvalidValueError: naming the path in the body.
        FormatError: it is no JSON.
        LimitError: it is nested too deeply.
    """
    if endpoint.body is None:
        return None
    if not data.strip():
        if endpoint.body_required:
            raise FormatError("request body", "", "it is empty")
        return None
    body = parse_json(data, "request body")
    _check_texts(body)
    error = next(iter(Draft202012Validator(endpoint.body).iter_errors(body)), None)
    if error is not None:
        where = "/" + "/".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            raise InvalidValueError(f"request body at {where.rstrip('/')}/{missing[0]}", None, "a value")
        raise InvalidValueError(f"request body at {where}", _told(error.instance, where), words_of(error.schema))
    return body


def _told(value: Any, where: str) -> Any:
    """What an error says of a value: nothing that is secret, nor what may hold something that is."""
    if isinstance(value, (dict, list)):
        return kind_word(value)
    return "(a credential)" if looks_secret(where.rsplit("/", 1)[-1]) else value


_DOCUMENTS = frozenset({"pipeline_definition", "pipeline_envelope"})
"""Parts of a body that are kept as they are, with escapes for what no text can hold."""


def _check_texts(body: Any) -> None:
    """Refuses halves of surrogate pairs, which no text can hold."""
    if isinstance(body, Mapping):
        body = {key: value for key, value in body.items() if key not in _DOCUMENTS}
    try:
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError("request body", "", "a text holds half of a surrogate pair") from None


def words_of(schema: Any) -> str:
    """What a schema asks for, for people."""
    if not isinstance(schema, Mapping):
        return "another value"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type", "a value")
    text = " or ".join(kind) if isinstance(kind, list) else str(kind)
    bounds = [
        f"{key} {schema[key]}" for key in ("minimum", "maximum", "minLength", "maxLength", "pattern") if key in schema
    ]
    return text + (f" ({', '.join(bounds)})" if bounds else "")
