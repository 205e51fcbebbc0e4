"""Exports of whole projects are streamed, and hold what others hold."""

from pathlib import Path

import pytest

from penstock import open_project
from penstock.core.errors import InvalidValueError


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
