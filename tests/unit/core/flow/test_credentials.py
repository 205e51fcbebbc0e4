"""Credentials: found by definition and by name, blanked, masked, asked for again."""

from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.archive import read_archive
from penstock.core.flow.credentials import (
    MASK,
    blank_credentials,
    blanks_to_fill,
    credential_places,
    looks_secret,
    mask_credentials,
    masked_rows,
)
from penstock.core.flow.document import dump_flow
from penstock.core.flow.model import Envelope, Flow, StageInstance
from penstock.core.flow.settings import Settings
from penstock.core.values import JsonMap, freeze, thaw

CATALOGUE = packaged_catalogue()
JDBC = "com_streamsets_pipeline_stage_destination_jdbc_JdbcDTarget"
PASSWORD = "hikariConfigBean.connection.password"


def _stage(kind: str, settings: Mapping[str, object], version: str = "13") -> StageInstance:
    return StageInstance("s", kind, version, "streamsets-datacollector-jdbc-lib", Settings.of(settings))


def _flow(stage: StageInstance, **facts: object) -> Flow:
    return Flow("f", stages=(stage,), **facts)  # type: ignore[arg-type]


def test_credential_is_blanked_and_named() -> None:
    """A CREDENTIAL setting leaves as an empty text, and the answer says which one it was, without its value."""
    flow = _flow(_stage(JDBC, {PASSWORD: "geheim", "tableNameTemplate": "t"}))
    blanked, places = blank_credentials(flow, CATALOGUE)
    assert blanked.stages[0].configuration == Settings.of({PASSWORD: "", "tableNameTemplate": "t"})
    assert [(place.instance_name, place.name, place.label) for place in places] == [("s", PASSWORD, "Password")]
    assert "geheim" not in repr(places) + str(places[0]) + repr(blanked)


@pytest.mark.parametrize("value", ["${credential:get('s', 'g', 'n')}", "", None], ids=["expression", "empty", "null"])
def test_expressions_and_unset_credentials_stay(value: str | None) -> None:
    """Nothing secret is in them, so the flow comes back itself."""
    flow = _flow(_stage(JDBC, {PASSWORD: value}))
    assert blank_credentials(flow, CATALOGUE) == (flow, ())
    assert blank_credentials(flow, CATALOGUE)[0] is flow


def test_old_setting_is_known_by_the_name_of_its_successor() -> None:
    """A setting that moved since is a credential when the one with its last part is, a user name for example."""
    flow = _flow(_stage(JDBC, {"hikariConfigBean.username": "me", "hikariConfigBean.password": "geheim"}, "6"))
    assert {place.name for place in credential_places(flow, CATALOGUE)} == {
        "hikariConfigBean.username",
        "hikariConfigBean.password",
    }


def test_unknown_stage_is_judged_by_names() -> None:
    """A stage of another engine is blanked where a name sounds like a secret, in rows of lists too."""
    flow = _flow(_stage("org_Other", {"conf.apiKey": "k", "conf.url": "u", "rows": [{"clientSecret": "x", "id": "i"}]}))
    blanked, places = blank_credentials(flow, CATALOGUE)
    assert [place.path for place in places] == [("conf.apiKey",), ("rows", 0, "clientSecret")]
    assert blanked.stages[0].configuration["conf.url"] == "u"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("conf.password", True),
        ("awsSecretAccessKey", True),
        ("api_key", True),
        ("conf.auth.token", True),
        ("conf.tokenUrl", False),
        ("passwordFile", False),
        ("useCredentials", False),
        ("patternForToken", False),
    ],
)
def test_names_that_sound_like_secrets(name: str, secret: bool) -> None:
    """Only the end of the last part counts: a file or address of a secret is none."""
    assert looks_secret(name) is secret


def test_flow_settings_fragments_and_rules_are_searched() -> None:
    """Webhook passwords of the flow and of its rules, and credentials in fragments, are blanked as well."""
    webhooks = freeze([{"webhookUrl": "http://x", "password": "geheim"}])
    rules = JsonMap({"configuration": freeze([{"name": "webhookConfigs", "value": webhooks}])})
    fragment = _flow(_stage(JDBC, {PASSWORD: "geheim"}), fragment=True)
    flow = Flow(
        "f",
        configuration=Settings((("webhookConfigs", webhooks),)),
        fragments=(fragment,),
        envelope=Envelope(rules=rules),
    )
    blanked, places = blank_credentials(flow, CATALOGUE)
    assert len(places) == 3
    assert credential_places(blanked, CATALOGUE) == ()


def test_every_entry_of_a_doubled_setting_is_blanked() -> None:
    """A name that a file has twice counts once, but both entries leave: both are blanked."""
    settings = Settings(((PASSWORD, "geheim"), (PASSWORD, "noch geheimer")))
    blanked, places = blank_credentials(_flow(attrs.evolve(_stage(JDBC, {}), configuration=settings)), CATALOGUE)
    assert blanked.stages[0].configuration.entries == ((PASSWORD, ""), (PASSWORD, ""))
    assert len(places) == 2


@pytest.mark.parametrize(
    "value", [12345, ["geheim"], [[{"password": "geheim"}]], {"password": "geheim"}, {"a": [{"b": "geheim"}]}]
)
def test_secrets_of_odd_forms_are_blanked(value: object) -> None:
    """A password may be a number, one of a list, or stand deep inside of an object."""
    for kind, name in ((JDBC, PASSWORD), ("org_Other", "conf.password")):
        flow = _flow(_stage(kind, {name: value}))
        blanked, places = blank_credentials(flow, CATALOGUE)
        assert len(places) == 1
        assert "geheim" not in repr(thaw(blanked.stages[0].configuration[name]))
        assert "12345" not in repr(thaw(blanked.stages[0].configuration[name]))


def test_number_that_only_sounds_like_a_secret_stays() -> None:
    """A limit of tokens is a number of something."""
    flow = _flow(_stage("org_Other", {"conf.maxTokens": 500, "usePassword": True}))
    assert blank_credentials(flow, CATALOGUE)[0] is flow


def test_masked_flow_shows_asterisks() -> None:
    """For showing and comparing: the same flow with a mask where the secret was."""
    flow = _flow(_stage(JDBC, {PASSWORD: "geheim"}))
    assert mask_credentials(flow, CATALOGUE).stages[0].configuration[PASSWORD] == MASK


def test_rows_that_say_the_name_of_a_secret_are_masked_but_exported() -> None:
    """Parameters, headers: shown without, and written to files as they are."""
    rows = [{"key": "ssl.keystore.password", "value": "geheim"}, {"key": "zone", "value": "utc"}]
    flow = _flow(_stage("org_Other", {"properties": rows}))
    held = attrs.evolve(flow, configuration=Settings.of({"constants": [{"key": "dbPassword", "value": "geheim"}]}))
    masked = mask_credentials(held, CATALOGUE)
    assert "geheim" not in dump_flow(masked)
    assert "utc" in dump_flow(masked)
    assert blank_credentials(held, CATALOGUE)[0] is held


def test_values_of_rows_that_are_credentials_are_masked_whatever_the_row_says() -> None:
    """The properties of a JDBC driver may all be secrets."""
    flow = _flow(_stage(JDBC, {"hikariConfigBean.driverProperties": [{"key": "zone", "value": "geheim"}]}))
    assert "geheim" not in dump_flow(mask_credentials(flow, CATALOGUE))


def test_import_asks_for_credentials_in_use() -> None:
    """An empty password is asked for while it is in use, not when credentials are switched off."""
    settings = {PASSWORD: "", "hikariConfigBean.connection.useCredentials": True}
    used = _flow(_stage(JDBC, settings))
    unused = _flow(_stage(JDBC, {**settings, "hikariConfigBean.connection.useCredentials": False}))
    assert [place.name for place in blanks_to_fill(used, CATALOGUE)] == [PASSWORD]
    assert blanks_to_fill(unused, CATALOGUE) == ()


def test_import_asks_for_all_that_an_export_blanked() -> None:
    """Settings of older versions, rows of lists, unknown stages, fragments and rules: what was blanked is asked for."""
    webhooks = freeze([{"webhookUrl": "http://x", "authType": "BASIC", "username": "me", "password": "geheim"}])
    old = _stage(JDBC, {"hikariConfigBean.password": "geheim"}, "6")
    unknown = _stage("org_Other", {"conf.apiKey": "k", "rows": [{"clientSecret": "x", "id": "i"}]})
    flow = Flow(
        "f",
        configuration=Settings((("webhookConfigs", webhooks),)),
        stages=(old, unknown),
        fragments=(_flow(_stage(JDBC, {PASSWORD: "geheim"}), fragment=True),),
        envelope=Envelope(rules=JsonMap({"configuration": freeze([{"name": "webhookConfigs", "value": webhooks}])})),
    )
    blanked, places = blank_credentials(flow, CATALOGUE)
    assert len(places) == 8  # the user names of webhooks are credentials too
    assert [place.path for place in blanks_to_fill(blanked, CATALOGUE)] == [place.path for place in places]
    assert blanks_to_fill(flow, CATALOGUE) == ()


def test_published_flows_are_asked_to_be_filled_in_again() -> None:
    """What an export of a published flow blanks, its import asks for, but for settings of an engine not in use."""
    corpus = Path(__file__).parents[5] / "shared" / "corpus"
    if not corpus.is_dir():
        pytest.skip("the corpus of published flows is not here")
    for path in sorted(corpus.iterdir()):
        if path.name == "INDEX.json" or path.suffix not in (".json", ".zip"):
            continue
        with path.open("rb") as opened:
            for member in read_archive(opened, path.name):
                blanked, places = blank_credentials(member.flow, CATALOGUE)
                asked = {(each.instance_name, each.service, each.path) for each in blanks_to_fill(blanked, CATALOGUE)}
                missing = {(each.instance_name, each.service, each.path) for each in places} - asked
                assert all(path[0].endswith("EmrConnection.awsConfig.roleARN") for _, _, path in missing)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [
        ({"name": "password", "value": "hunter2"},),
        {"key": "apiToken", "value": {"of": {"today": "hunter2"}}},
        {"password": [{"x": "hunter2"}]},
    ],
)
def test_rows_that_name_a_secret_are_masked_with_all_that_they_hold(value: object) -> None:
    """Whether a row says its name in ``key`` or in ``name``, and however deep the secret is."""
    assert "hunter2" not in repr(masked_rows("headers", freeze(value)))


def test_other_rows_are_shown() -> None:
    """A name beside something else says nothing of it."""
    rows = ({"name": "password", "length": 12}, {"key": "", "name": "city", "value": "Bern"})
    assert masked_rows("rows", freeze(rows)) == freeze(rows)
