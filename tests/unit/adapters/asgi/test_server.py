"""What a server promises beyond the protocol: who may do what, limits, tags, faults, and a true description."""

import base64
import io
import ipaddress
import json
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from penstock import FormatError, PreviewError, RemoteError, StreamingFlow, open_project
from penstock.adapters.asgi import Fault, Grant, Limits, ServerSettings, Tokens, grants_of_text
from penstock.core.errors import ConflictError, InvalidValueError
from penstock.sdk import compose
from penstock.sdk.serve import Server, server_of

FLOWS = "/sset/streamsets_flows/v1/streamsets_flows"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with three tokens of different scopes."""
    grants = [Grant.of("reader-token", ["read"]), Grant.of("writer-token", ["read", "write"])]
    limits = Limits(body_bytes=100_000, upload_bytes=200_000, previews=2)
    with Server(token="full-token", grants=grants, settings=ServerSettings(limits=limits)) as made:
        yield made


@pytest.fixture
def client(server: Server) -> Iterator[Callable[..., httpx.Response]]:
    """Requests with the full token, unless another is named."""

    def ask(method: str, path: str, token: str | None = "full-token", **more: Any) -> httpx.Response:
        headers = {**({"authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        return httpx.request(method, server.url + path, headers=headers, timeout=20, **more)

    yield ask
    server.faults.clear()


@pytest.fixture
def project(server: Server) -> dict[str, str]:
    """The query that names the project."""
    rows = httpx.get(f"{server.url}/v2/projects", headers={"authorization": "Bearer full-token"}).json()["resources"]
    return {"project_id": rows[0]["metadata"]["guid"]}


Ask = Callable[..., httpx.Response]


def made_flow(client: Ask, project: dict[str, str], name: str) -> dict[str, Any]:
    """A flow of this name."""
    found: dict[str, Any] = client("POST", FLOWS, params=project, json={"name": name}).json()
    return found


def test_nobody_gets_in_without_a_token_that_is_known(client: Ask) -> None:
    """Neither without, nor with a wrong one, nor with half of one; the answer does not repeat it."""
    for token in (None, "wrong-token", "full-toke"):
        answer = client("GET", "/v2/projects", token)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "token-" not in answer.text.replace("a token", "")
    key = base64.b64encode(b"user:full-token").decode()
    assert client("GET", "/v2/projects", None, headers={"authorization": f"ZenApiKey {key}"}).status_code == 200


def test_scopes_bound_what_a_token_allows(client: Ask, project: dict[str, str]) -> None:
    """read cannot write, write cannot run."""
    flow = made_flow(client, project, "scopes")["flow"]["metadata"]["asset_id"]
    assert client("GET", FLOWS, "reader-token", params=project).status_code == 200
    assert client("POST", FLOWS, "reader-token", params=project, json={"name": "x"}).status_code == 403
    assert client("DELETE", f"{FLOWS}/{flow}", "reader-token", params=project).status_code == 403
    engine = f"/engines/{project['project_id']}/default/rest/v1/pipeline/x"
    assert client("POST", engine, "writer-token", json={}).status_code == 403
    assert client("DELETE", f"{FLOWS}/{flow}", "writer-token", params=project).status_code == 204


def test_keys_and_passwords_are_changed_for_tokens(client: Ask) -> None:
    """The ways of signing in that clients of the service use."""
    answer = client("POST", "/icp4d-api/v1/authorize", None, json={"username": "u", "password": "full-token"})
    assert answer.json()["token"] == "full-token"
    answer = client("POST", "/identity/token", None, data={"apikey": "reader-token", "grant_type": "x"})
    assert answer.json()["access_token"] == "reader-token"
    assert client("POST", "/identity/token", None, data={"apikey": "nobody"}).status_code == 401


def test_a_stale_save_is_refused_and_one_without_a_tag_is_kept(client: Ask, project: dict[str, str]) -> None:
    """If-Match guards; clients that know no tags write as before, as the next revision."""
    flow = made_flow(client, project, "tags")["flow"]["metadata"]["asset_id"]
    place = f"{FLOWS}/{flow}"
    first = client("GET", place, params=project).headers["etag"]
    assert (
        client("PUT", place, params=project, json={"description": "1"}, headers={"if-match": first}).status_code == 200
    )
    stale = client("PUT", place, params=project, json={"description": "2"}, headers={"if-match": first})
    assert stale.status_code == 412
    assert "revision" in stale.json()["errors"][0]["message"]
    assert client("PUT", place, params=project, json={"description": "3"}).status_code == 200
    newest = client("GET", place, params=project)
    assert newest.json()["flow"]["metadata"]["description"] == "3"
    assert client("GET", place, params=project, headers={"if-none-match": newest.headers["etag"]}).status_code == 304


def test_our_client_says_conflict(server: Server) -> None:
    """Two people edit: the second is told, and nothing is lost."""
    with open_project(server.url, token="full-token") as one, open_project(server.url, token="full-token") as two:
        mine = one.create_flow(name="conflict")
        yours = two.flows.get(name="conflict")
        mine.description = "mine"
        one.update_flow(mine)
        yours.description = "yours"
        with pytest.raises(ConflictError):
            two.update_flow(yours)
        assert one.flows.get(name="conflict").description == "mine"


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "words"),
    [
        ("POST", FLOWS, {"content": b"{"}, 400, "no JSON"),
        ("POST", FLOWS, {"content": b""}, 400, "empty"),
        ("POST", FLOWS, {"json": {"name": ""}}, 400, "/name"),
        ("POST", FLOWS, {"json": {}}, 400, "/name"),
        ("POST", FLOWS, {"json": {"name": 7}}, 400, "/name"),
        ("POST", FLOWS, {"content": b"[" * 5000 + b"]" * 5000}, 413, "deeper"),
        ("POST", FLOWS, {"content": b" " * 100_001}, 413, "100000"),
        ("POST", f"{FLOWS}/import", {"params": {"conflict_resolution": "skip"}, "content": b"PK no"}, 400, "upload"),
        ("POST", f"{FLOWS}/import", {"params": {"conflict_resolution": "never"}, "content": b"x"}, 400, "skip"),
        ("GET", FLOWS, {"params": {"limit": "many"}}, 400, "limit"),
        ("GET", FLOWS, {"params": {"start": "'; drop"}}, 400, "start"),
        ("GET", f"{FLOWS}/nothing", {}, 404, "nothing"),
        ("PATCH", FLOWS, {}, 405, "not allowed"),
        ("GET", "/etc/passwd", {}, 404, "/etc/passwd"),
        ("GET", "/" + "x" * 20_000, {}, 414, "longer"),
    ],
)
def test_bad_requests_are_told_what_is_wrong(
    client: Ask, project: dict[str, str], method: str, path: str, more: dict[str, Any], status: int, words: str
) -> None:
    """A 4xx that names the place, never a 500."""
    answer = client(method, path, params={**project, **more.pop("params", {})}, **more)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["errors"][0]["message"]
    assert answer.headers["x-request-id"] == answer.json()["trace"]


def test_a_zip_that_unpacks_to_too_much_is_refused(client: Ask, project: dict[str, str]) -> None:
    """The ratio gives it away; nothing is imported."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b'{"a": "' + b"x" * 80_000_000 + b'"}')
    answer = client(
        "POST", f"{FLOWS}/import", params={**project, "conflict_resolution": "skip"}, content=packed.getvalue()
    )
    assert answer.status_code == 413
    assert client("GET", FLOWS, params={**project, "name": "bomb"}).json()["total_count"] == 0


def test_answers_carry_security_headers_and_no_cors(client: Ask) -> None:
    """Nothing is sniffed, framed or cached, and no foreign page may call."""
    headers = client("GET", "/v2/projects", headers={"origin": "https://elsewhere.example"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


def test_logs_hold_no_token_and_no_query(client: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """The access log is JSON with an id; secrets in headers and queries stay out."""
    with caplog.at_level(logging.INFO, logger="penstock.access"):
        client("GET", "/v2/projects", params={"name": "secret-name"})
    lines = [json.loads(each.message) for each in caplog.records if each.name == "penstock.access"]
    assert lines
    assert lines[-1]["path"] == "/v2/projects"
    assert "full-token" not in caplog.text
    assert "secret-name" not in caplog.text


def test_health_readiness_and_metrics_are_answered(client: Ask) -> None:
    """For the tools that watch; metrics need a token, health does not."""
    assert client("GET", "/healthz", None).json() == {"status": "ok"}
    assert client("GET", "/readyz", None).json() == {"status": "ready"}
    assert client("GET", "/metrics", None).status_code == 401
    assert 'penstock_requests_total{method="GET"' in client("GET", "/metrics").text


def test_a_server_others_can_reach_needs_a_token(tmp_path: Path) -> None:
    """Binding to more than loopback without one is refused before anything is opened."""
    with pytest.raises(InvalidValueError, match="token"):
        server_of(None, compose.Options(), ServerSettings(tokens=Tokens()), project=None, host="0.0.0.0")


def test_token_files_name_scopes_and_their_errors_name_no_token() -> None:
    """A line per token; what is wrong is told by line."""
    one, two = grants_of_text("# people\nalice-token-1\nrobot-token-2 read,run\n", "tokens")
    assert one.scopes == {"read", "write", "run"}
    assert two.scopes == {"read", "run"}
    assert "alice" not in repr(one)
    with pytest.raises(ValueError, match="line 2") as caught:
        grants_of_text("alice-token-1\nsecret-token admin", "tokens")
    assert "secret" not in str(caught.value)


def test_faults_happen_as_often_as_they_are_told(server: Server, client: Ask) -> None:
    """Status, delay, half an answer, a dropped connection, a stale token; afterwards all is well."""
    server.faults.add(Fault("/v2/projects", status=429, retry_after_s=2))
    answer = client("GET", "/v2/projects")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    for kind in ("drop", "half"):
        server.faults.add(Fault("/v2/projects", kind=kind))
        with pytest.raises(httpx.TransportError):
            client("GET", "/v2/projects")
    server.faults.add(Fault("/v2/projects", kind="delay", seconds=0.2))
    began = time.monotonic()
    assert client("GET", "/v2/projects").status_code == 200
    assert time.monotonic() - began >= 0.2
    server.faults.add(Fault("*", kind="stale_token", times=2))
    assert [client("GET", "/v2/projects").status_code for _ in range(3)] == [401, 401, 200]


def test_too_many_previews_are_put_off(server: Server, client: Ask, project: dict[str, str]) -> None:
    """The bound answers 429 with a time to come back."""
    service = server._server.config.app.state.service  # type: ignore[union-attr]
    service.enter_preview()
    service.enter_preview()
    try:
        engine = f"/engines/{project['project_id']}/default/rest/v1/pipeline/busy"
        flow = {"schemaVersion": 6, "title": "busy", "configuration": [], "stages": []}
        assert client("POST", engine, json=flow).status_code == 200
        answer = client("GET", f"{engine}/validate")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    finally:
        service.leave_preview()
        service.leave_preview()


def test_file_stages_of_guests_reach_allowed_folders_only(tmp_path: Path) -> None:
    """A flow that writes elsewhere fails when it runs, and says which folders there are."""
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    allowed.mkdir()
    with Server(folders=(allowed,)) as server, open_project(server.url, token=server.token) as project:
        states = {}
        for folder in (allowed, other):
            flow = project.create_flow(name=folder.name)
            raw = flow.add_stage("Dev Raw Data Source")
            raw.data_format, raw.raw_data, raw.stop_after_first_batch = "JSON", '{"a": 1}', True
            target = flow.add_stage("Local FS")
            target.data_format, target.configuration["configs.dirPathTemplate"] = "JSON", str(folder)
            raw.connect_output_to(target)
            project.update_flow(flow)
            run = project.create_job(name=folder.name, flow=flow).start()
            states[folder.name] = (run.wait(), run.message)
        assert states["allowed"][0] == "Completed"
        assert states["other"][0] == "Failed"
        assert "not allowed" in states["other"][1]
        assert not other.exists()
        assert len(list(allowed.iterdir())) == 1


def test_scripts_of_guests_do_not_run() -> None:
    """A server runs no code unless its operator says so; the message says how."""
    with Server() as server, open_project(server.url, token=server.token) as project:
        flow = project.create_flow(name="script")
        script = flow.add_stage("Jython Evaluator")
        script.configuration["script"] = "import os; os._exit(1)"
        flow.add_stage("Dev Raw Data Source").connect_output_to(script)
        script.connect_output_to(flow.add_stage("Trash"))
        with pytest.raises(PreviewError, match="allow-code"):
            flow.preview()


def test_a_wrong_token_waits_for_its_answer() -> None:
    """Guessing takes time; a right token does not wait."""
    with Server(token="right-token", settings=ServerSettings(refusal_s=0.3)) as server:
        began = time.monotonic()
        assert httpx.get(f"{server.url}/v2/projects", headers={"authorization": "Bearer guess"}).status_code == 401
        assert time.monotonic() - began >= 0.3


def test_credentials_leave_only_when_they_are_asked_for(tmp_path: Path) -> None:
    """An export over HTTP blanks them, unless with_plain_text_credentials says otherwise."""
    with Server() as server, open_project(server.url, token=server.token) as project:
        flow = project.create_flow(name="secret")
        flow.add_stage("JDBC Query Consumer").configuration["hikariConfigBean.connection.password"] = "hush-hush"
        project.update_flow(flow)
        for plain in (False, True):
            path = project.export_flow(flow=flow, destination=tmp_path / "x.zip", with_plain_text_credentials=plain)
            with zipfile.ZipFile(path) as archive:
                held = b"".join(archive.read(name) for name in archive.namelist())
            assert (b"hush-hush" in held) is plain


def test_a_file_that_a_server_refuses_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    """The error is that of a local project: one member of the archive is broken, so none comes in."""
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("good.json", '{"stages": []}')
        archive.writestr("bad.json", '{"stages": 3}')
    with Server() as server, open_project(server.url, token=server.token) as project:
        for resolution in ("skip", "replace", "rename"):
            with pytest.raises(FormatError, match=r"broken\.zip.*bad\.json at /stages"):
                project.import_flows(source=broken, conflict_resolution=resolution)
        assert len(project.flows) == 0


def test_halves_of_letters_go_to_a_server_and_back(tmp_path: Path) -> None:
    """Imported, saved, read and exported: what a document holds stays, though no text can hold it."""
    file = tmp_path / "odd.json"
    file.write_text('{"stages": [], "title": "odd", "custom": "\\ud800"}')
    with Server() as server, open_project(server.url, token=server.token) as project:
        flow = project.import_flows(source=file, conflict_resolution="skip")
        assert isinstance(flow, StreamingFlow)
        flow.configuration["rate_limit"] = 7
        project.update_flow(flow)
        again = project.import_flows(
            source=project.export_flow(flow, destination=tmp_path), conflict_resolution="rename"
        )
        assert isinstance(again, StreamingFlow)
        for each in (project.flows.get(name="odd"), again):
            assert each.to_dict().get("pipelineConfig", each.to_dict())["custom"] == "\ud800"


def test_refused_bodies_show_nothing_that_may_be_secret(client: Ask, project: dict[str, str]) -> None:
    """An error names the place and what is expected, and does not repeat whole parts of the body."""
    body = {"name": "x", "pipeline_definition": [{"name": "password", "value": "hush-hush"}]}
    answer = client("POST", FLOWS, params=project, json=body)
    assert answer.status_code == 400
    assert "/pipeline_definition: 'a list'" in answer.text
    assert "hush-hush" not in answer.text


def test_uploads_and_runs_are_bounded() -> None:
    """In size, in time, and in number."""
    limits = Limits(upload_bytes=1000, upload_s=0.2, runs=1)
    with (
        Server(settings=ServerSettings(limits=limits)) as server,
        open_project(server.url, token=server.token) as project,
    ):
        headers = {"authorization": f"Bearer {server.token}"}
        place = f"{server.url}{FLOWS}/import"
        query = {"project_id": project._session.project.project_id, "conflict_resolution": "skip"}

        def slowly() -> Iterator[bytes]:
            for _ in range(20):
                yield b"x"
                time.sleep(0.05)

        for content, words in (
            (b"x" * 1001, "1000 bytes"),
            (iter([b"x" * 600] * 2), "1000 bytes"),
            (slowly(), "0.2 s"),
        ):
            answer = httpx.post(place, params=query, headers=headers, content=content)
            assert (answer.status_code, words in answer.text) == (413, True), answer.text
        flow = project.create_flow(name="endless")
        flow.add_stage("Dev Data Generator").connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        first = project.create_job(name="first", flow=flow).start()
        with pytest.raises(RemoteError, match="1 runs go on already"):
            project.create_job(name="second", flow=flow).start()
        first.cancel()


def test_a_page_that_was_named_may_call() -> None:
    """And no other."""
    with Server(settings=ServerSettings(cors_origins=("https://canvas.example",))) as server:
        for origin, allowed in (("https://canvas.example", True), ("https://elsewhere.example", False)):
            asked = {"origin": origin, "access-control-request-method": "GET"}
            answer = httpx.options(f"{server.url}/v2/projects", headers=asked)
            assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_a_certificate_makes_it_https(tmp_path: Path) -> None:
    """With a certificate of one's own, which the client is told to trust."""
    x509 = pytest.importorskip("cryptography.x509", reason="cryptography makes the certificate of this test")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "penstock test")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, form, no_password))
    with Server(tls_cert=cert, tls_key=secret) as server:
        assert server.url.startswith("https://")
        with open_project(server.url, token=server.token, verify=str(cert)) as project:
            assert project.create_flow(name="safe").name == "safe"


def test_two_servers_share_a_file(tmp_path: Path) -> None:
    """What one saves the other serves."""
    file = tmp_path / "flows.db"
    with (
        Server(file, token="shared-token") as one,
        Server(file, token="shared-token") as two,
        open_project(one.url, token="shared-token") as first,
        open_project(two.url, token="shared-token") as second,
    ):
        first.create_flow(name="shared")
        assert second.flows.get(name="shared").name == "shared"


def test_stopping_finishes_runs_after_their_batch(tmp_path: Path) -> None:
    """A run that goes on is canceled, not torn; its state is in the store."""
    file = tmp_path / "flows.db"
    with Server(file) as server, open_project(server.url, token=server.token) as project:
        flow = project.create_flow(name="endless")
        flow.add_stage("Dev Data Generator").connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        project.create_job(name="endless", flow=flow).start()
    with open_project(file) as project:
        (run,) = project.jobs.get(name="endless").job_runs
        assert run.state == "Canceled"


def test_a_preview_takes_records_from_whoever_asks(server: Server) -> None:
    """Inputs and outputs of stages cross the wire; a lane that is not there is named."""
    with open_project(server.url, token="full-token") as project:
        flow = project.create_flow(name="given records")
        origin, route, trash = (flow.add_stage(each) for each in ("Dev Random Record Source", "Dev Identity", "Trash"))
        origin.connect_output_to(route).connect_output_to(trash)
        project.update_flow(flow)
        fed = flow.preview(outputs={origin.instance_name: [{"word": "a"}]}).get(trash.instance_name)
        assert [record.value for record in fed.input_records] == [{"word": "a"}]
        both = flow.preview(inputs={origin.instance_name: []}, outputs={route.instance_name: [{"word": "b"}]})
        assert [record.value for record in both.get(trash.instance_name).input_records] == [{"word": "b"}]
        with pytest.raises((PreviewError, RemoteError), match="nowhere"):
            flow.preview(outputs={origin.instance_name: {"nowhere": []}})
