"""The stages of this engine that touch the world, each in a module that is loaded when a flow has it."""

from collections.abc import Callable
from importlib import import_module

from ...core.processors.registry import Build, look_outside, registered

_PREFIX = "com_streamsets_pipeline_stage_"
_MODULES = {
    "destination_http_HttpClientDTarget": "web",
    "destination_localfilesystem_LocalFileSystemDTarget": "localfs",
    "destination_recordstolocalfilesystem_ToErrorLocalFSDTarget": "errorfile",
    "destination_sdcipc_SdcIpcDTarget": "rpc",
    "destination_sdcipc_ToErrorSdcIpcDTarget": "rpc",
    "executor_emailexecutor_EmailDExecutor": "mailing",
    "executor_shell_ShellDExecutor": "shell",
    "processor_delay_DelayProcessor": "delay",
    "processor_generator_DataGeneratorDProcessor": "dataparser",
    "processor_geolocation_GeolocationDProcessor": "geolocation",
    "processor_http_HttpDProcessor": "web",
    "processor_javascript_JavaScriptDProcessor": "javascript",
    "processor_jython_JythonDProcessor": "scripting",
    "processor_parser_DataParserDProcessor": "dataparser",
}


def lookup(name: str) -> Callable[[], Build] | None:
    """What loads the builder of a stage; None for a stage of another kind."""
    module = _MODULES.get(name.removeprefix(_PREFIX))
    if module is None or not name.startswith(_PREFIX):
        return None

    def load() -> Build:
        import_module(f".{module}", __package__)
        return registered(name)

    return load


look_outside(lookup)
