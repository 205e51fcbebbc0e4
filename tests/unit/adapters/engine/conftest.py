"""A project in memory, and flows that start with raw JSON lines."""

from collections.abc import Callable, Iterator

import pytest

import penstock


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project that is closed behind the test."""
    opened = penstock.open_project()
    yield opened
    opened.close()


@pytest.fixture
def flow_of(project: penstock.Project) -> Callable[..., penstock.StreamingFlow]:
    """Makes a saved flow: raw data, then stages by label, each with settings by raw name."""

    def make(raw: str, *stages: tuple[str, dict[str, object]]) -> penstock.StreamingFlow:
        flow = project.create_flow(name="flow")
        last = flow.add_stage("Dev Raw Data Source")
        last.configuration["rawData"] = raw
        last.configuration["stopAfterFirstBatch"] = True
        for label, settings in stages:
            stage = flow.add_stage(label)
            for name, value in settings.items():
                stage.configuration[name] = value
            last.connect_output_to(stage)
            last = stage
        project.update_flow(flow)
        return flow

    return make
