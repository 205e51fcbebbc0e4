"""The text that names a Spark, and how its engine judges flows before anything is started."""

from collections.abc import Iterator

import pytest

import penstock
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.spark import parse_address
from penstock.adapters.spark.placing import DRIVER, levels_of
from penstock.core.errors import InvalidValueError
from penstock.core.plan import compile_flow


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A project whose engine is Spark; nothing of it needs Java."""
    with penstock.open_project(engine="spark+local[2]") as opened:
        yield opened


def test_a_cluster_and_its_options_are_read() -> None:
    """Options of the engine have names of their own, everything that begins with spark. goes to Spark."""
    made = parse_address("spark://one:7077,two:7078?once=yes&every=500ms&files=whole&spark.executor.memory=2g")
    assert made.hosts == (("one", 7077), ("two", 7078))
    assert (made.once, made.every_s, made.whole_files) == (True, 0.5, True)
    assert made.conf == {"spark.executor.memory": "2g"}


@pytest.mark.parametrize("text", ["spark+local", "spark+local[4]", "spark+local[*]", "spark+local[2,3]"])
def test_a_local_master_has_no_host(text: str) -> None:
    """Driver and workers are on this machine."""
    made = parse_address(text)
    assert made.local
    assert made.hosts == ()


@pytest.mark.parametrize(
    ("text", "master", "hosts"),
    [
        ("yarn?spark.yarn.queue=night", "yarn", ()),
        ("spark+yarn", "yarn", ()),
        ("k8s://https://host:6443?spark.kubernetes.container.image=i", "k8s://https://host:6443", (("host", 6443),)),
        ("spark+k8s://host?spark.kubernetes.container.image=i", "k8s://host", (("host", 443),)),
    ],
)
def test_other_masters_are_handed_to_spark(text: str, master: str, hosts: tuple[tuple[str, int], ...]) -> None:
    """With the host that has to answer, where the address names one."""
    made = parse_address(text)
    assert (made.master, made.hosts, made.local) == (master, hosts, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spark", "spark://HOST:PORT"),
        ("spark://host", "spark://HOST:PORT"),
        ("spark+mesos", "spark\\+local"),
        ("yarn-client", "yarn"),
        ("k8s://", "k8s://HOST:PORT"),
        ("k8s://host:6443", "spark.kubernetes.container.image"),
        ("spark+local?checkpont=x", "Did you mean 'checkpoint'"),
        ("spark+local?every=soon", "500ms, 1s or 5m"),
        ("spark+local?once=maybe", "yes, no"),
        ("spark+local?per_batch=-1", "whole number"),
    ],
)
def test_what_is_no_address_says_what_was_expected(text: str, expected: str) -> None:
    """With the forms, the options, or the nearest word; when the project is opened, not when it runs."""
    with pytest.raises(InvalidValueError, match=expected):
        penstock.open_project(engine=text)


def test_an_unknown_engine_names_the_known_ones() -> None:
    """A typo is answered with the nearest."""
    with pytest.raises(InvalidValueError, match="Did you mean 'embedded'"):
        penstock.open_project(engine="embeded")


def remarks(flow: penstock.StreamingFlow) -> list[str]:
    """The codes and stages of what validating remarks."""
    return [f"{each.code} {each.instance_name}" for each in flow.validate().report.remarks]


def test_validate_says_what_differs_and_what_cannot_run(project: penstock.Project) -> None:
    """A stage without code, a guarantee that Spark cannot give, and stages that work otherwise in partitions."""
    flow = project.create_flow(name="flow")
    raw, unique = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Record Deduplicator")
    shell, end = flow.add_stage("Groovy Evaluator"), flow.add_stage("Trash")
    raw.connect_output_to(unique)
    unique.connect_output_to(shell, output_idx=0)
    unique.connect_output_to(end, output_idx=1)
    shell.connect_output_to(end)
    flow.configuration["deliveryGuarantee"] = "AT_MOST_ONCE"
    found = remarks(flow)
    assert f"PENSTOCK_0101 {shell.instance_name}" in found
    assert "PENSTOCK_0111 None" in found
    assert {f"PENSTOCK_0112 {raw.instance_name}", f"PENSTOCK_0112 {unique.instance_name}"} <= set(found)


def test_a_deduplicator_of_records_and_events_is_refused(project: penstock.Project) -> None:
    """Keys of partitions and of the driver would never meet."""
    flow = project.create_flow(name="flow")
    origin, unique, end = flow.add_stage("Directory"), flow.add_stage("Record Deduplicator"), flow.add_stage("Trash")
    origin.connect_output_to(unique)
    unique.connect_output_to(end)
    assert f"PENSTOCK_0111 {unique.instance_name}" not in remarks(flow)
    origin.connect_event_to(unique)
    assert f"PENSTOCK_0111 {unique.instance_name}" in remarks(flow)


def test_answers_to_the_origin_come_from_where_it_is(project: penstock.Project) -> None:
    """From the driver for an origin there; refused records stay in partitions and cannot be answers."""
    flow = project.create_flow(name="flow")
    service, answer = flow.add_stage("REST Service"), flow.add_stage("Send Response to Origin")
    service.connect_output_to(answer)
    flow.set_error_stage("Send Response to Origin")
    assert levels_of(compile_flow(flow.value, packaged_catalogue())) == {answer.instance_name: DRIVER}
    assert any(each.startswith("PENSTOCK_0111") for each in remarks(flow))


def test_windows_over_all_records_are_refused(project: penstock.Project) -> None:
    """Every partition would have windows of its own; over events, which are on the driver, they are as meant."""
    flow = project.create_flow(name="flow")
    origin, windows, end = flow.add_stage("Directory"), flow.add_stage("Windowing Aggregator"), flow.add_stage("Trash")
    origin.connect_event_to(windows)
    windows.connect_output_to(end)
    assert f"PENSTOCK_0111 {windows.instance_name}" not in remarks(flow)
    origin.connect_output_to(windows)
    assert f"PENSTOCK_0111 {windows.instance_name}" in remarks(flow)


def test_a_preview_needs_no_spark(project: penstock.Project) -> None:
    """A few records are looked at on this machine."""
    from penstock.examples import orders

    shown = orders.build(project).preview()
    assert [len(stage.to_rows()) for stage in shown][:2] == [4, 4]
