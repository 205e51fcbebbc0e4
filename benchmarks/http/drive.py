"""The same work for both clients: build, save, read, validate, preview, copy, delete."""

_BODY = """
    started = time.perf_counter()
    flow = project.create_flow(name=f"driven {time.time_ns()}", environment=environment)
    raw = flow.add_stage("Dev Raw Data Source")
    raw.data_format, raw.raw_data, raw.stop_after_first_batch = "JSON", '{"f1": "abc"}', True
    selector = flow.add_stage("Stream Selector")
    raw.connect_output_to(selector)
    selector.add_predicates(["${record:value('/f1') == 'abc'}"])
    for at in range(2):
        selector.connect_output_to(flow.add_stage("Trash"), predicate=selector.predicates[at])
    flow.auto_arrange()
    project.update_flow(flow)
    again = project.flows.get(name=flow.name)
    assert again.validate().success
    assert again.preview()[0].output == [("abc",)]
    project.delete_flow(project.duplicate_flow(again, name=flow.name + " copy"))
    project.delete_flow(again)
    now = time.perf_counter()
"""
_HEAD = "import json, resource, sys, time\nbegan = time.perf_counter()\n"
_TAIL = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps([now - began, now - started, peak]))
"""

OURS = (
    _HEAD
    + """
import penstock
with penstock.open_project(sys.argv[1], f"bench {time.time_ns()}", token=sys.argv[2]) as project:
    environment = project.create_environment(name="environment")
"""
    + _BODY
    + _TAIL
)
OFFICIAL = (
    _HEAD
    + """
from ibm_watsonx_data_integration.common.auth import BearerTokenAuthenticator
from ibm_watsonx_data_integration.platform import Platform
platform = Platform(BearerTokenAuthenticator(sys.argv[2]), base_url=sys.argv[1])
project = platform.create_project(name=f"bench {time.time_ns()}")
version = platform.available_engine_versions[0].engine_version_id
environment = project.create_environment(name="environment", engine_version=version)
if True:
"""
    + _BODY
    + _TAIL
)
