"""Promises about charsets: names of Java, marks of the order of bytes, what cannot be read or written."""

import pytest

from penstock.adapters.engine.formats.charsets import Decoder, Encoder, known_charset
from penstock.adapters.engine.formats.fault import FormatFault

from .using import values, written


@pytest.mark.parametrize(
    ("name", "text", "data"),
    [
        ("UTF-8", "é", b"\xc3\xa9"),
        ("ISO-8859-1", "é€", b"\xe9?"),
        ("windows-1252", "€", b"\x80"),
        ("x-windows-949", "가", b"\xb0\xa1"),
        ("IBM037", "a", b"\x81"),
        ("x-IBM874", "a", b"a"),
        ("x-MacRoman", "é", b"\x8e"),
        ("x-UTF-16LE-BOM", "a", b"\xff\xfea\0"),
        ("UTF-16", "a", b"\xfe\xff\0a"),
        ("UTF-16LE", "a", b"a\0"),
        ("UTF-32", "a", b"\0\0\0a"),
    ],
)
def test_charsets_have_the_names_of_java(name: str, text: str, data: bytes) -> None:
    """What is written is what Java writes, and can be read again."""
    charset = known_charset(name)
    assert Encoder(charset)(text) == data
    assert Decoder(charset)(data, final=True) == text.replace("€", "?" if b"?" in data else "€")


@pytest.mark.parametrize("name", ["nowhere", "zlib", "rot13", "x-", "utf\0-8", "hex"])
def test_what_is_no_charset_is_refused(name: str) -> None:
    """Codecs that are no texts too."""
    with pytest.raises(FormatFault) as caught:
        known_charset(name)
    assert caught.value.code == "DATA_FORMAT_05"


@pytest.mark.parametrize("name", ["UTF-16", "UTF-32"])
@pytest.mark.parametrize("order", ["be", "le"])
def test_a_mark_may_come_in_pieces(name: str, order: str) -> None:
    """Byte by byte; a text that is shorter than any mark too. An empty text has none."""
    data = "\ufeffäb".encode(f"{name}-{order}")
    decode = Decoder(known_charset(name))
    assert "".join(decode(bytes([each])) for each in data) + decode(b"", True) == "äb"
    assert Decoder(known_charset("UTF-16"))(b"\0a", True) == "a"
    encode = Encoder(known_charset("UTF-16"))
    assert (encode(""), encode("a"), encode("b")) == (b"", b"\xfe\xff\0a", b"\0b")


@pytest.mark.parametrize("kind", ["utf-16-be", "utf-16-le"])
def test_the_order_of_bytes_is_that_of_the_mark(kind: str) -> None:
    """Without a mark the large end comes first."""
    assert values("TEXT", ("\ufeffé\nb").encode(kind), charset="UTF-16") == [{"text": "é"}, {"text": "b"}]
    assert values("TEXT", "é".encode("utf-16-be"), charset="UTF-16") == [{"text": "é"}]
    assert values("TEXT", b"", charset="UTF-16") == []


@pytest.mark.parametrize(
    ("kind", "roots", "more", "text"),
    [
        ("JSON", [{"a": "é"}, ["é"]], {}, '{"a":"é"}\n["é"]'),
        ("JSON", ["é", 1], {"jsonMode": "ARRAY_OBJECTS"}, '["é",1]'),
        ("TEXT", ["é", "b"], {"textFieldPath": "/"}, "é\nb\n"),
        ("DELIMITED", [[{"value": "é"}], [{"value": 1}]], {}, "é\r\n1\r\n"),
    ],
)
def test_files_have_the_charset_of_the_settings(kind: str, roots: list, more: dict, text: str) -> None:  # type: ignore[type-arg]
    """With one mark at the beginning, however many records there are."""
    assert written(kind, *roots, charset="ISO-8859-1", **more) == text.encode("latin-1")
    assert written(kind, *roots, charset="UTF-16", **more) == ("\ufeff" + text).encode("utf-16-be")
