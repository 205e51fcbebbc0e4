"""The constants that a flow takes over from a parameter set."""

from collections.abc import Mapping

import attrs

from ..flow.model import Flow


def use_parameter_constants(flow: Flow, set_id: str, constants: Mapping[str, object]) -> Flow:
    """The flow related to a parameter set, with these constants in place of those of the same name."""
    rows = flow.configuration.get("constants")
    kept = [
        row
        for row in (rows if isinstance(rows, tuple) else ())
        if not (isinstance(row, Mapping) and row.get("key") in constants)
    ]
    made = [*kept, *({"key": key, "value": value} for key, value in constants.items())]
    sets = flow.parameter_sets if set_id in flow.parameter_sets else (*flow.parameter_sets, set_id)
    return attrs.evolve(flow, parameter_sets=sets, configuration=flow.configuration.with_values({"constants": made}))
