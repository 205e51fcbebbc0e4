"""The optional parts of penstock: what each gives, and how to install it. The names are those of pyproject.toml."""

import attrs

from .errors import UnsupportedError


@attrs.frozen
class Extra:
    """An optional part: the modules that it brings, and what works with it only."""

    name: str
    modules: tuple[str, ...]
    gives: str

    @property
    def command(self) -> str:
        """How to install it."""
        return f"pip install 'penstock[{self.name}]'"

    def missing(self, what: str) -> UnsupportedError:
        """The error to raise when ``what`` needs it and it is not there."""
        return UnsupportedError(what, f"Install it with: {self.command}")


EXTRAS = {
    extra.name: extra
    for extra in (
        Extra("server", ("starlette", "uvicorn", "jsonschema", "jsonpatch"), "`penstock serve` and penstock.serve()"),
        Extra(
            "formats",
            ("cramjam", "fastavro", "google.protobuf", "lxml", "openpyxl"),
            "the data formats AVRO, EXCEL and PROTOBUF, XML schemas",
        ),
        Extra("geolocation", ("maxminddb",), "Geo IP over databases in the form of MaxMind"),
        Extra(
            "javascript",
            ("py_mini_racer", "tree_sitter", "tree_sitter_javascript"),
            "JavaScript Evaluator in previews and runs",
        ),
        Extra("png", ("resvg_py",), "pictures as PNG"),
        Extra("http2", ("h2",), "HTTP/2 to a remote service"),
        Extra("parquet", ("pyarrow",), "the data format PARQUET"),
        Extra("spark", ("pyspark", "pyarrow", "pandas"), "runs on Apache Spark"),
    )
}
