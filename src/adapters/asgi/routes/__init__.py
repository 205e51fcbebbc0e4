"""Every endpoint, one module per part of the protocol."""

from ..table import Endpoint
from . import account, engine, environments, flows, jobs, parameter_sets, projects, versions

ENDPOINTS: tuple[Endpoint, ...] = (
    *account.ENDPOINTS,
    *projects.ENDPOINTS,
    *versions.ENDPOINTS,
    *environments.ENDPOINTS,
    *flows.ENDPOINTS,
    *parameter_sets.ENDPOINTS,
    *jobs.ENDPOINTS,
    *engine.ENDPOINTS,
)
