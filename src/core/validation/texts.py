"""What each finding says and does: sentence, whether it stands in the way of a preview, where its place is odd.

Two sentences are fixed by the service that flows are exchanged with (0003, 0014); the others are penstock's own.
"""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "VALIDATION_0000": "Schema version {version} is none of 1 to 6; export the document again from its engine",
    "VALIDATION_0001": "The flow has no stages; add an origin and connect it to a destination",
    "VALIDATION_0002": "These stages cannot be reached from the first stage: {stages}; connect them, remove them, "
    "or break the loop they are in",
    "VALIDATION_0003": "The first stage must be an origin",
    "VALIDATION_0004": "{stage} is an origin, and the flow has one already; keep one origin per flow",
    "VALIDATION_0005": "Another stage has the instance name {instance} already; rename one of them",
    "VALIDATION_0006": "No definition of stage {kind} version {version} in library {library}; install the library, "
    "or replace {stage}",
    "VALIDATION_0007": "{stage}: {setting} is required; enter a value",
    "VALIDATION_0008": "{stage}: its definition does not know the setting {unknown}; remove it or correct its name",
    "VALIDATION_0009": "{stage}: {setting} must be {expected}; change the value",
    "VALIDATION_0010": "{stage} writes to {lanes}, and so does {other}; give every stage lanes of its own",
    "VALIDATION_0011": "Nothing reads {outputs} of {stage}; connect what is open or remove it",
    "VALIDATION_0012": "{subject} takes no input, but {stage} reads {lanes}; disconnect its input",
    "VALIDATION_0013": "{subject} has no output, but {stage} writes to {lanes}; remove these outputs",
    "VALIDATION_0014": "{subject} must have input streams",
    "VALIDATION_0015": "{stage} has {found} outputs, and its kind has {expected}; add or remove outputs",
    "VALIDATION_0016": "The instance name {instance!r} must consist of letters, digits, _ and blanks; rename the stage",
    "VALIDATION_0017": "{stage}: the input lane {lane!r} must consist of letters, digits, _ and blanks; rename it",
    "VALIDATION_0018": "{stage}: the output lane {lane!r} must consist of letters, digits, _ and blanks; rename it",
    "VALIDATION_0019": "{stage}: row {index} of {setting} must be an object with outputLane and predicate",
    "VALIDATION_0020": "{stage}: row {index} of {setting} has no {part}; add it",
    "VALIDATION_0021": "{stage}: row {index} of {setting} has null for its {part}; enter one",
    "VALIDATION_0022": "{stage}: row {index} of {setting} has a {part} that is no text; enter a text",
    "VALIDATION_0023": "{stage}: row {index} of {setting} has an empty {part}; enter one",
    "VALIDATION_0032": "{stage} has no output; give it at least one",
    "VALIDATION_0033": "{stage}: {setting} holds {path!r}, which is no field path ({reason}); write one such as /name",
    "VALIDATION_0034": "{stage}: {setting} is {value}, and at most {limit} is allowed; enter a smaller number",
    "VALIDATION_0035": "{stage}: {setting} is {value}, and at least {limit} is allowed; enter a larger number",
    "VALIDATION_0036": "{stage} stands beside the canvas and sends no events; remove its event lanes {lanes}",
    "VALIDATION_0037": "{stage} cannot stand on the canvas; its kind is for the slots beside it, so set it there",
    "VALIDATION_0039": "{other} and {stage} are connected by more than one lane; keep one link between them",
    "VALIDATION_0071": "{stage} cannot run in execution mode {mode}, only in {modes}; "
    "change the execution mode or replace the stage",
    "VALIDATION_0074": "{stage} cannot be used with advanced error handling; replace it or turn the setting off",
    "VALIDATION_0080": "{stage}: the precondition {text!r} is no expression; start it with ${{ and end it with }}",
    "VALIDATION_0081": "{stage}: the precondition {text!r} cannot be evaluated: {reason}; correct the expression",
    "VALIDATION_0091": "More than one destination triggers the offset commit: {stages}; keep one of them",
    "VALIDATION_0092": "{stage} triggers the offset commit, which needs the delivery guarantee AT_LEAST_ONCE; "
    "change the delivery guarantee",
    "VALIDATION_0093": "The flow has an empty title; enter one",
    "VALIDATION_0094": "{stage} needs exactly {expected} inputs and has {found}; connect or disconnect some",
    "VALIDATION_0095": "Library {library} of {stage} is a legacy library that is installed separately; "
    "install it, or move the stage to a newer library",
    "VALIDATION_0096": "The flow was made with engine {version}, and the catalogue describes {known}; "
    "settings that came later are carried through unchecked",
    "VALIDATION_0100": "{stage}: the event lane {lane!r} must consist of letters, digits, _ and blanks; rename it",
    "VALIDATION_0101": "{stage} has {found} event lanes; keep one",
    "VALIDATION_0102": "{stage} produces no events, but has an event lane; remove it",
    "VALIDATION_0103": "{stage} reads both records and events; send events to stages of their own",
    "VALIDATION_0104": "Nothing reads the events of {stage}; connect its event lane or turn events off",
    "VALIDATION_0105": "The list of stages for the {slot} event must hold one at most, and it {found}; correct it",
    "VALIDATION_0106": "{stage} handles a pipeline event, which needs execution mode STANDALONE, not {mode}; "
    "change the mode or set the stage to discard",
    "VALIDATION_0200": "{stage} must have the services {expected} and has {found}; add the stage anew",
    "CONTAINER_0901": "{stage} cannot be upgraded: library {library} has no stage {kind}; "
    "install the library or replace the stage",
    "CONTAINER_0902": "{stage} has version {version}, and the catalogue describes version {known}; "
    "settings that came later are carried through unchecked",
    "CONTAINER_0903": "{stage} uses the service {service}, which the catalogue does not know; replace the stage",
    "CONTAINER_0905": "{stage} cannot be upgraded: library {library} is a legacy library; "
    "install it, or move the stage to a newer library",
    "CREATION_005": "{stage}: {setting} holds the expression {text!r}, which cannot be evaluated: {reason}; correct it",
    "CREATION_006": "{stage} cannot be created: no stage {kind} version {version} in library {library}; "
    "install the library or replace the stage",
    "CREATION_007": "{stage} handles error records only; set it as the error stage, not elsewhere",
    "CREATION_008": "{stage} cannot handle error records; choose an error stage",
    "CREATION_009": "The flow has no error stage; choose what happens to error records",
    "CREATION_010": "{stage}: {setting} is {value}, which is none of {choices}; choose one of them",
    "CREATION_011": "{stage}: {setting} must be a text, not {value}; enter a text",
    "CREATION_012": "{stage}: {setting} must be one character, not {value}; enter one character",
    "CREATION_013": "{stage}: {setting} must be true or false, not {value}; choose one",
    "CREATION_014": "{stage}: {setting} must be a number, not {value}; enter a number",
    "CREATION_015": "{stage}: {setting} must be a whole number, not {value}; enter one",
    "CREATION_018": "{stage} cannot handle pipeline events; choose a stage that can",
    "CREATION_020": "{stage}: {setting} must be a list, not {value}; enter a list",
    "CREATION_021": "{stage}: {setting} holds null in its list; remove it",
    "CREATION_030": "{stage}: {setting} must be a list of key and value, not {value}; enter pairs",
    "CREATION_031": "{stage}: {setting} holds {value}, which is no pair of key and value; correct it",
    "CREATION_032": "{stage}: {setting} holds a pair without a key; enter one",
    "CREATION_033": "{stage}: {setting} holds a pair without a value; enter one",
    "CREATION_040": "{stage}: {setting} must be a list of objects, not {value}; enter rows",
    "CREATION_042": "{stage}: {setting} must be an object, not {value}; correct the row",
    "CREATION_070": "The execution mode {mode!r} is unknown; choose one that the engine has, such as STANDALONE",
    "CREATION_071": "The flow has no execution mode; choose one, such as STANDALONE",
    "CREATION_072": "{stage} cannot be created: library {library} is a legacy library; "
    "install it, or move the stage to a newer library",
    "CREATION_080": "Webhook {index} has no address; enter its webhook URL",
    "CREATION_1000": "The cluster manager type {value!r} is unknown; choose one that the engine has",
    # penstock's own remarks
    "PENSTOCK_0001": "{stage} has version {version}, and the catalogue describes version {known}; "
    "it is checked as the engine would upgrade it",
    "PENSTOCK_0002": "{stage}: {unknown} of its older version has no place in the new one; the upgrade drops it",
    "PENSTOCK_0003": "{stage}: {setting} holds an empty entry; remove it, for the flow cannot be previewed with it",
    "PENSTOCK_0004": "{stage}: {setting} holds the expression {text!r}, which fails at start: {reason}; correct it",
    "PENSTOCK_0005": "{stage}: the catalogue has no library {library}; it is checked as the same stage of {known}",
    "PENSTOCK_0006": "{stage} stands for the fragment {fragment}, which the file does not hold; it is left out",
    "PENSTOCK_0007": "{stage}: {setting} holds the expression {text!r}, which fails for each record: {reason}; "
    "correct it",
    "PENSTOCK_0008": "{stage} has version {version!r}, which is no number; it is checked as version {known}",
}

NOT_BLOCKING = frozenset(
    f"VALIDATION_{number}" for number in ("0011", "0015", "0032", "0091", "0092", "0093", "0094", "0104")
)
"""Findings that leave the flow previewable."""

INSTANCE_AS_GROUP = frozenset(
    f"VALIDATION_{number}"
    for number in (
        *("0003", "0004", "0005", "0012", "0013", "0014", "0015", "0016", "0017", "0018"),
        *("0032", "0036", "0037", "0094", "0100", "0101", "0102", "0200"),
    )
)
"""Findings whose config group is, oddly, the instance name: that is how the engine reports them."""
