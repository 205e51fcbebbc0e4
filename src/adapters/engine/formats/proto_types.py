"""Message types of Protobuf, out of a file with a set of descriptors (``protoc --include_imports -o``)."""

from functools import lru_cache
from typing import Any

import attrs

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from .named_files import RESOURCES, resource

MAX_DESCRIPTORS = 16 * 1024 * 1024


@attrs.frozen
class MessageType:
    """A message type: the class of its messages, and the extensions of every type by the type's full name."""

    cls: Any
    extensions: "dict[str, tuple[Any, ...]]" = attrs.field(factory=dict)

    @property
    def descriptor(self) -> Any:
        """What its fields are."""
        return self.cls.DESCRIPTOR


def message_type(given: Given) -> MessageType:
    """The message type that settings name. The file is looked for in the folder of resources, and only there.

    Raises:
        InvalidValueError: no file or no type is named (DATA_FORMAT_07, 08), the file is not there (09), no set
            of descriptors (PROTOBUF_07, 08), incomplete (PROTOBUF_01), or without the type (PROTOBUF_00).
        UnsupportedError: the library is missing.
    """
    file, name = given.text("protoDescriptorFile").strip(), given.text("messageType").strip()
    if not file:
        raise InvalidValueError("Protobuf Descriptor File", file, "a file in the folder of resources (DATA_FORMAT_07)")
    if not name:
        raise InvalidValueError("Message Type", name, "the name of a message type (DATA_FORMAT_08)")
    path = resource(file, given.text(RESOURCES), "Protobuf Descriptor File", " (DATA_FORMAT_09)")
    return _loaded(str(path), name, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _loaded(path: str, name: str, changed_ns: int) -> MessageType:
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
    except ImportError:
        hint = "Install it with: pip install 'penstock[formats]'"
        raise UnsupportedError("the data format PROTOBUF without its library", hint) from None
    with open(path, "rb") as opened:
        data = opened.read(MAX_DESCRIPTORS + 1)
    if len(data) > MAX_DESCRIPTORS:
        raise InvalidValueError("Protobuf Descriptor File", path, f"at most {MAX_DESCRIPTORS} bytes")
    held = descriptor_pb2.FileDescriptorSet()
    try:
        held.ParseFromString(data)
    except message.DecodeError:
        raise InvalidValueError("Protobuf Descriptor File", path, "a set of descriptors (PROTOBUF_08)") from None
    pool: Any = descriptor_pool.DescriptorPool()
    _add(pool, {each.name: each for each in held.file}, path)
    types = _types(pool, held)
    if name not in types:
        raise InvalidValueError("Message Type", name, f"a message type in {path} (PROTOBUF_00)", tuple(types))
    extensions = {each.full_name: tuple(pool.FindAllExtensions(each)) for each in types.values()}
    return MessageType(message_factory.GetMessageClass(types[name]), extensions)


def _add(pool: Any, files: "dict[str, Any]", path: str) -> None:
    """Puts files into a pool, each behind those that it needs."""
    added: set[str] = set()
    waiting = dict(files)
    while waiting:
        ready = [each for each in waiting.values() if added.issuperset(each.dependency)]
        if not ready:
            name, file = next(iter(waiting.items()))
            missing = ", ".join(sorted(set(file.dependency) - set(files)) or file.dependency)
            wanted = f"a set with everything that {name} imports (PROTOBUF_01; missing: {missing})"
            raise InvalidValueError("Protobuf Descriptor File", path, wanted)
        for each in ready:
            try:
                pool.AddSerializedFile(each.SerializeToString())
            except (TypeError, ValueError) as error:
                wanted = f"a valid set of descriptors (PROTOBUF_07: {str(error)[:200]})"
                raise InvalidValueError("Protobuf Descriptor File", path, wanted) from None
            added.add(each.name)
            del waiting[each.name]


def _types(pool: Any, held: Any) -> "dict[str, Any]":
    found: dict[str, Any] = {}
    for file in held.file:
        waiting = list(pool.FindFileByName(file.name).message_types_by_name.values())
        while waiting:
            each = waiting.pop()
            found[each.full_name] = each
            waiting.extend(each.nested_types)
    return found
