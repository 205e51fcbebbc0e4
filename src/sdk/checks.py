"""Checks of arguments that both faces of the API share."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ..core.errors import InvalidValueError
from .flow import FlowHandle
from .session import Session, checked_flow_type

F = TypeVar("F", bound=FlowHandle)


def own_flow(flow: object, session: Session) -> None:
    """Refuses what is no flow, a flow of another project, and a deleted flow."""
    if not isinstance(flow, FlowHandle):
        raise InvalidValueError("flow", flow, "a flow of this project, such as project.flows.get(name=...)")
    if not flow._session.same_place(session):
        raise InvalidValueError("flow", flow.name, f"a flow of the project {session.project.name!r}")
    flow._must_live()


def flow_list(flows: "Iterable[F]", session: Session) -> Sequence[F]:
    """The flows of a call as a list; refuses an empty one and anything that is no streaming flow."""
    if isinstance(flows, FlowHandle):
        raise InvalidValueError("flows", flows, "a list of flows; use export_flow for one")
    listed = list(flows)
    if not listed:
        raise InvalidValueError("flows", [], "at least one flow")
    for flow in listed:
        if isinstance(flow, FlowHandle):
            own_flow(flow, session)
        else:
            raise InvalidValueError("flows", flow, "streaming flows only; other kinds cannot go into the same archive")
    return listed


def copies_of(number: object) -> int:
    """How many copies: 1 to 1,000."""
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 1000:
        raise InvalidValueError("number_of_copies", number, "a whole number from 1 to 1000")
    return number


def chosen_type(type_: str | None, flow_type: str | None) -> str:
    """The flow type of a call that accepts both spellings of the argument."""
    if type_ is not None and flow_type is not None and type_ != flow_type:
        raise InvalidValueError("type", type_, f"the same as flow_type ({flow_type!r}), or one of the two")
    return checked_flow_type(type_ or flow_type or "streaming")
