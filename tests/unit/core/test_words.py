"""Promises of telling a flow in words."""

from collections.abc import Iterator

import pytest

import penstock
from penstock.adapters.packaged import packaged_catalogue
from penstock.core.words import short_value, way_of


@pytest.fixture
def flow() -> Iterator[penstock.StreamingFlow]:
    """A flow without stages."""
    with penstock.open_project() as project:
        yield project.create_flow(name="told", description="by a test")


def test_the_way_of_the_records_is_told_first(flow: penstock.StreamingFlow) -> None:
    """Origins, processors in order, destinations; a line for each part that hangs together."""
    raw = flow.add_stage("Dev Raw Data Source")
    raw.connect_output_to(flow.add_stage("Field Remover")).connect_output_to(flow.add_stage("Trash"))
    flow.add_stage("Trash")
    assert way_of(flow.value, packaged_catalogue()) == [
        "Dev Raw Data Source 1 -> Field Remover 1 -> Trash 1",
        "(no origin) -> Trash 2",
    ]


def test_many_stages_are_counted(flow: penstock.StreamingFlow) -> None:
    """More than six of a kind are not named."""
    last = flow.add_stage("Dev Raw Data Source")
    for _ in range(7):
        added = flow.add_stage("Dev Identity")
        last.connect_output_to(added)
        last = added
    for _ in range(7):
        last.connect_output_to(flow.add_stage("Trash"))
    (way,) = way_of(flow.value, packaged_catalogue())
    assert way == "Dev Raw Data Source 1 -> 7 processors -> 7 destinations and executors"


def test_an_empty_flow_says_so(flow: penstock.StreamingFlow) -> None:
    """In its first line, below name and description."""
    assert flow.describe().splitlines()[:4] == ["told", "by a test", "", "(no stages)"]


def test_only_what_differs_and_counts_is_told(flow: penstock.StreamingFlow) -> None:
    """A setting that depends on another choice is left out while that choice is not made."""
    stage = flow.add_stage("Field Remover")
    stage.fields = ["/card"]
    stage.constant = "x"
    told = flow.describe()
    assert 'fields = ["/card"]' in told
    assert "constant" not in told
    stage.action = "REMOVE_CONSTANT"
    assert "constant = x" in flow.describe()


def test_events_error_handling_and_parameters_are_told(flow: penstock.StreamingFlow) -> None:
    """And a parameter that sounds like a secret is masked."""
    fs = flow.add_stage("Local FS")
    fs.connect_event_to(flow.add_stage("Trash"))
    flow.set_error_stage("Write to File").directory = "/errors"
    flow.configuration["parameters"] = [{"key": "topic", "value": "orders"}, {"key": "dbPassword", "value": "hunter2"}]
    told = flow.describe()
    assert "  -> Trash 1   (events)" in told
    assert "error records (ORIGINAL_RECORD): Error Records - Write to File\n    directory = /errors" in told
    assert "    topic = orders\n    dbPassword = ********" in told


def test_a_stage_of_an_older_version_is_told_as_it_would_be_upgraded(flow: penstock.StreamingFlow) -> None:
    """Under the names that people know."""
    kafka = flow.add_stage("Kafka Multitopic Consumer")
    kafka.drop_raw("conf.connectionConfig.*")
    kafka.update_raw({"conf.brokerURI": "broker:9092"})
    kafka.stage_version = "2"
    assert "broker_uri = broker:9092" in flow.describe()


@pytest.mark.parametrize(
    ("value", "told"),
    [("a\nb", "a\\nb"), ("x" * 20, "x" * 9 + "…"), (True, "true"), (("a", 1), '["a", 1]')],
    ids=["lines", "long", "yes", "list"],
)
def test_a_value_is_one_short_line(value: object, told: str) -> None:
    """Whatever it is."""
    assert short_value(value, 10) == told  # type: ignore[arg-type]
