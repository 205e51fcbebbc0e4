"""An Avro schema as a message type of Parquet: ``message m { required int32 id; }``."""

from collections.abc import Iterator
from typing import Any

_PLAIN = {"int": "int32", "long": "int64", "float": "float", "double": "double", "boolean": "boolean"}
_LOGICAL = {"date": " (DATE)", "time-millis": " (TIME_MILLIS)", "timestamp-millis": " (TIMESTAMP_MILLIS)"}


def message_text(record: dict[str, Any]) -> str:
    """The message type of a record; what may be null is optional."""
    fields = (line for field in record["fields"] for line in _field(field["name"], field["type"]))
    return f"message {record['name']} {{ {' '.join(fields)} }}"


def _field(name: str, kind: Any) -> Iterator[str]:
    optional = isinstance(kind, list)
    kind = kind[1] if optional else kind
    held = kind if isinstance(kind, dict) else {"type": kind}
    start, base = "optional" if optional else "required", held["type"]
    if base == "array":
        inner = " ".join(_field("element", held["items"]))
        yield f"{start} group {name} (LIST) {{ repeated group list {{ {inner} }} }}"
    elif base == "map":
        inner = f"required binary key (UTF8); {' '.join(_field('value', held['values']))}"
        yield f"{start} group {name} (MAP) {{ repeated group key_value {{ {inner} }} }}"
    elif held.get("logicalType") == "decimal":
        yield f"{start} binary {name} (DECIMAL({held['precision']},{held['scale']}));"
    elif base in _PLAIN:
        yield f"{start} {_PLAIN[base]} {name}{_LOGICAL.get(held.get('logicalType', ''), '')};"
    else:
        yield f"{start} binary {name}{' (UTF8)' if base == 'string' else ''};"
