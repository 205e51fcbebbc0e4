"""A test double of a registry of Avro schemas: a real port on this machine, schemas in memory."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote

KIND = "application/vnd.schemaregistry.v1+json"
LONGEST = 1 << 20


class SchemaRegistry:
    """Speaks the part of Confluent's protocol that stages use, from the start to ``close()``, or as a context.

    ``user`` is ``name:word`` for one that lets nobody else in. ``requests`` is what was asked so far, as method and
    path; ``failing`` is a status that it answers with from now on.
    """

    def __init__(self, user: str = "") -> None:
        self.requests: list[tuple[str, str]] = []
        self.failing = 0
        self._wanted = "Basic " + base64.b64encode(user.encode()).decode() if user else ""
        self._schemas: list[str] = []
        self._subjects: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, subject: str, schema: str) -> int:
        """Puts a schema in as the newest of its subject; its id. The same schema has one id in all subjects."""
        with self._lock:
            if schema not in self._schemas:
                self._schemas.append(schema)
            number = self._schemas.index(schema) + 1
            versions = self._subjects.setdefault(subject, [])
            if number not in versions:
                versions.append(number)
            return number

    def newest(self, subject: str) -> str | None:
        """The text of the newest schema of a subject."""
        versions = self._subjects.get(subject)
        return self._schemas[versions[-1] - 1] if versions else None

    def close(self) -> None:
        """Gives the port back."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "SchemaRegistry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, method: str, path: str, authorization: str, body: bytes) -> tuple[int, dict[str, Any] | list[Any]]:
        """Status and JSON for a request."""
        self.requests.append((method, path))
        if self._wanted and authorization != self._wanted:
            return 401, {"error_code": 401, "message": "Unauthorized"}
        if self.failing:
            return self.failing, {"error_code": self.failing * 100 + 1, "message": "as it was told"}
        match method, [unquote(part) for part in path.strip("/").split("/")]:
            case "GET", ["subjects"]:
                return 200, list(self._subjects)
            case "GET", ["schemas", "ids", number]:
                return self._by_id(number)
            case "GET", ["subjects", subject, "versions"]:
                return 200, list(range(1, len(self._subjects.get(subject, ())) + 1))
            case "GET", ["subjects", subject, "versions", version]:
                return self._by_version(subject, version)
            case "POST", ["subjects", subject, "versions"]:
                return self._put(subject, body)
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _by_id(self, number: str) -> tuple[int, dict[str, Any]]:
        if number.isdecimal() and 0 < int(number) <= len(self._schemas):
            return 200, {"schema": self._schemas[int(number) - 1]}
        return 404, {"error_code": 40403, "message": "Schema not found"}

    def _by_version(self, subject: str, version: str) -> tuple[int, dict[str, Any]]:
        versions = self._subjects.get(subject)
        if not versions:
            return 404, {"error_code": 40401, "message": "Subject not found."}
        number = len(versions) if version == "latest" else int(version) if version.isdecimal() else 0
        if not 0 < number <= len(versions):
            return 404, {"error_code": 40402, "message": "Version not found."}
        held = versions[number - 1]
        return 200, {"subject": subject, "version": number, "id": held, "schema": self._schemas[held - 1]}

    def _put(self, subject: str, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            schema = json.loads(body)["schema"]
            json.loads(schema)
        except (ValueError, KeyError, TypeError):
            return 422, {"error_code": 42201, "message": "Input schema is an invalid Avro schema"}
        return 200, {"id": self.add(subject, schema)}


def _handler(registry: SchemaRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), LONGEST)
            authorization = self.headers.get("Authorization", "")
            status, made = registry.answer(self.command, self.path, authorization, self.rfile.read(size))
            data = json.dumps(made).encode()
            self.send_response(status)
            self.send_header("Content-Type", KIND)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: tests look at ``requests``."""

    return Handler
