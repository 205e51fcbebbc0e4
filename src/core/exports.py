"""Names of a package that are loaded when they are first used, so that importing it costs next to nothing."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

Attribute = Callable[[str], object]
Names = Callable[[], list[str]]


def exports(package: str, homes: Mapping[str, str]) -> tuple[Attribute, Names]:
    """``__getattr__`` and ``__dir__`` of a package.

    ``homes`` says for each name the module that has it, relative to the package: ``.flows``, or
    ``.compile:compile_flow`` where it has another name there. A home that is the name itself is a module.
    """

    def attribute(name: str) -> object:
        home, _, there = homes.get(name, "").partition(":")
        if not home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        module = import_module(home, package)
        found: object = module if home == f".{name}" and not there else getattr(module, there or name)
        vars(sys.modules[package])[name] = found
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return attribute, names
