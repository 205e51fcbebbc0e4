"""A small document as a tree with names and attributes as they stand."""

from xml.parsers import expat

import attrs

from .safe import MAX_DEPTH, XmlFault, pairs, safe_parser, said


@attrs.define
class Element:
    """One element: its name with prefix, its attributes (namespace declarations too) and its texts and elements."""

    name: str
    attributes: dict[str, str] = attrs.field(factory=dict)
    children: "list[Element | str]" = attrs.field(factory=list)
    namespace: str | None = None
    """The namespace that it is in."""


def parse_tree(text: str) -> Element:
    """The root element of a text.

    Raises:
        XmlFault: it is no XML, declares entities, or is nested too deeply.
    """
    parser = safe_parser()
    found: list[Element] = []
    open_: list[tuple[Element, dict[str, str]]] = []

    def start(name: str, flat: list[str]) -> None:
        attributes = pairs(flat)
        known = dict(open_[-1][1]) if open_ else {}
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                known[key[6:]] = value
        prefix = name.partition(":")[0] if ":" in name else ""
        element = Element(name, attributes, [], known.get(prefix) or None)
        if open_:
            open_[-1][0].children.append(element)
        else:
            found.append(element)
        open_.append((element, known))
        if len(open_) > MAX_DEPTH:
            raise XmlFault(f"elements nested deeper than {MAX_DEPTH}")

    def end(_name: str) -> None:
        open_.pop()

    def text_in(data: str) -> None:
        if open_:
            open_[-1][0].children.append(data)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text_in
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise XmlFault(said(error)) from None
    return found[0]
