"""penstock: build, validate, preview, run and serve streaming flows on one laptop.

>>> import penstock
>>> with penstock.open_project() as project:
...     flow = project.create_flow(name='orders', description='routed by amount')
...     trash = flow.add_stage('Trash')
...     trash
Trash_01(stage_name='Trash 1')

``open_project()`` keeps flows in memory, ``open_project('flows.db')`` in a file, ``open_project('https://…', token=…)``
in a service. A ``Project`` has the verbs (``create_flow``, ``flows``, ``update_flow``, ``import_flows`` …), a
``StreamingFlow`` what one flow can do (``add_stage``, ``validate``, ``preview``, ``draw``, ``describe`` …), a ``Stage``
its settings as attributes. ``core`` holds the pure functions over frozen values, ``testing`` what proves a backend of
your own. Every error is a ``PenstockError``. At a shell: ``penstock --help``.

Names are loaded when they are first used, so importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING

from .core.exports import exports

if TYPE_CHECKING:
    from . import core, testing
    from .core.errors import (
        ConflictError,
        FormatError,
        InvalidValueError,
        LimitError,
        LinkError,
        NameInUseError,
        NotFoundError,
        PenstockError,
        RemoteError,
        UnreachableError,
        UnsupportedError,
        UsageError,
    )
    from .core.version import __version__
    from .sdk.aio import AsyncPlatform, AsyncProject, open_project_async
    from .sdk.flow import FlowHandle
    from .sdk.jobs import Job, JobRun
    from .sdk.parameter_sets import ParameterSet
    from .sdk.platform import Platform, backup, open_project
    from .sdk.preview import PreviewError, PreviewStage
    from .sdk.project import Project
    from .sdk.results import FlowValidationError, Response, ValidationResult
    from .sdk.serve import Server, serve
    from .sdk.stage import Stage
    from .sdk.streaming import AsyncStreamingFlow, StreamingFlow

__all__ = [
    "AsyncPlatform",
    "AsyncProject",
    "AsyncStreamingFlow",
    "ConflictError",
    "FlowHandle",
    "FlowValidationError",
    "FormatError",
    "InvalidValueError",
    "Job",
    "JobRun",
    "LimitError",
    "LinkError",
    "NameInUseError",
    "NotFoundError",
    "ParameterSet",
    "PenstockError",
    "Platform",
    "PreviewError",
    "PreviewStage",
    "Project",
    "RemoteError",
    "Response",
    "Server",
    "Stage",
    "StreamingFlow",
    "UnreachableError",
    "UnsupportedError",
    "UsageError",
    "ValidationResult",
    "__version__",
    "backup",
    "core",
    "open_project",
    "open_project_async",
    "serve",
    "testing",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "__version__": ".core.version",
        "core": ".core",
        "testing": ".testing",
        **dict.fromkeys(
            (
                "ConflictError",
                "FormatError",
                "InvalidValueError",
                "LimitError",
                "LinkError",
                "NameInUseError",
                "NotFoundError",
                "PenstockError",
                "RemoteError",
                "UnreachableError",
                "UnsupportedError",
                "UsageError",
            ),
            ".core.errors",
        ),
        **dict.fromkeys(("AsyncPlatform", "AsyncProject", "open_project_async"), ".sdk.aio"),
        "FlowHandle": ".sdk.flow",
        **dict.fromkeys(("Job", "JobRun"), ".sdk.jobs"),
        "ParameterSet": ".sdk.parameter_sets",
        **dict.fromkeys(("Platform", "backup", "open_project"), ".sdk.platform"),
        **dict.fromkeys(("PreviewError", "PreviewStage"), ".sdk.preview"),
        "Project": ".sdk.project",
        **dict.fromkeys(("FlowValidationError", "Response", "ValidationResult"), ".sdk.results"),
        **dict.fromkeys(("Server", "serve"), ".sdk.serve"),
        "Stage": ".sdk.stage",
        **dict.fromkeys(("AsyncStreamingFlow", "StreamingFlow"), ".sdk.streaming"),
    },
)
