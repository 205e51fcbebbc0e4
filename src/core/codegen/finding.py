"""How a script asks for a kind of stage: with as few words as the catalogue allows."""

from ..catalogue.definitions import Catalogue
from ..catalogue.find import find_stage
from ..errors import PenstockError
from ..flow.model import StageInstance
from .steps import Finding

TYPES = ("SOURCE", "PROCESSOR", "TARGET", "EXECUTOR")


def ui_type(stage: StageInstance) -> str:
    """The type of a stage, as its document says or shows it."""
    return stage.type_word if stage.type_word in TYPES else "PROCESSOR"


def finding_of(stage: StageInstance, catalogue: Catalogue, role: str) -> Finding | None:
    """The shortest words that find the kind of a stage, in its library if the catalogue has it there; None: unknown."""
    definition = catalogue.stage(stage.stage_name, stage.library) or catalogue.stage(stage.stage_name)
    if definition is None:
        return None
    label, name, word = definition.label, definition.name, definition.type.word
    library = stage.library if catalogue.stage(stage.stage_name, stage.library) is not None else None
    ways = [Finding(label)]
    if role == "canvas":
        ways.append(Finding(label, type=word))
    if library is not None:
        ways += [Finding(label, library=library), Finding(name=name), Finding(name=name, library=library)]
    else:
        ways.append(Finding(name=name))
    for way in ways:
        try:
            found = find_stage(
                catalogue,
                way.label,
                name=way.name,
                type=way.type,
                library=way.library,
                role=role,  # type: ignore[arg-type]
            )
        except PenstockError:
            continue
        if found.name == name and (library is None or found.library == library):
            return way
    return None
