"""Exports of whole projects are streamed, and hold what others hold."""

import zipfile
from pathlib import Path

import pytest

from penstock import open_project
from penstock.core.errors import InvalidValueError
from penstock.sdk.serve import Server


def test_a_whole_project_is_exported_as_its_flows_one_by_one_are(tmp_path: Path) -> None:
    """The listing itself and a list of its flows give the same archive; a listing elsewhere is refused."""
    with open_project() as project, open_project() as other:
        for name in ("a", "b", "c"):
            flow = project.create_flow(name=name)
            flow.add_stage("Trash")
            project.update_flow(flow)
        streamed = project.export_flows(flows=project.flows, destination=tmp_path / "one.zip")
        listed = project.export_flows(flows=list(project.flows), destination=tmp_path / "two.zip")
        assert streamed.read_bytes() == listed.read_bytes()
        with pytest.raises(InvalidValueError):
            other.export_flows(flows=project.flows, destination=tmp_path / "three.zip")
        with pytest.raises(InvalidValueError):
            other.export_flows(flows=other.flows, destination=tmp_path / "three.zip")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "two.zip"]


def test_more_flows_than_an_address_can_name_are_exported_from_a_service(tmp_path: Path) -> None:
    """Hundreds of flows leave a service as well: the same archive, whether they are listed or asked for as they are."""
    with Server() as server, open_project(server.url, token=server.token) as project:
        for number in range(151):
            project.create_flow(name=f"flow {number}")
        streamed = project.export_flows(flows=project.flows, destination=tmp_path / "one.zip")
        listed = project.export_flows(flows=list(project.flows), destination=tmp_path / "two.zip")
        assert streamed.read_bytes() == listed.read_bytes()
        assert len(zipfile.ZipFile(streamed).namelist()) == 151
        few = project.export_flows(flows=list(project.flows)[:3], destination=tmp_path / "few.zip")
        with zipfile.ZipFile(few) as some, zipfile.ZipFile(listed) as every:
            assert all(some.read(name) == every.read(name) for name in some.namelist())
