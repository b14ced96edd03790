"""Encodings of text files. Every text here is decoded by Python's own codecs in the expectation."""

import codecs

import pytest

from connectors import MalformedError
from tests.connectors.conftest import Stage, Write
from tests.connectors.reading import only, refused, rows, values

TEXT = "name,city\nJosé,München\nFrançois,Orléans\nZoë,Ålesund\n"
CELLS = [("José", "München"), ("François", "Orléans"), ("Zoë", "Ålesund")]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_unicode_files_are_read_without_a_warning(stage: Stage, codec: str, mark: bytes) -> None:
    table = only(stage("a.csv", mark + TEXT.encode(codec)))
    assert ([column.header for column in table.columns], rows(table)) == (["name", "city"], CELLS)
    assert table.warnings == ()


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised(stage: Stage, codec: str) -> None:
    table = only(stage("a.csv", TEXT.encode(codec)))
    assert (rows(table), "which it does not say of itself" in table.warnings[0]) == (CELLS, True)


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_western_files_are_read_with_a_warning(stage: Stage, codec: str) -> None:
    table = only(stage("a.csv", TEXT.encode(codec)))
    assert rows(table) == CELLS
    assert "read as Windows-1252 (Western European)" in table.warnings[0]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Привет мир,Москва\nДобрый день,Россия\nСпасибо большое,Казань\n"),
        ("cp1250", "Příliš žluťoučký kůň,Žižkov\núpěl ďábelské ódy,Český Krumlov\n"),
        ("shift_jis", "東京都のテキスト,日本語です\nこんにちは世界,ありがとう\n"),
        ("gb18030", "北京市的文字,上海\n中文字符测试,你好世界\n"),
    ],
)
def test_other_encodings_are_guessed(stage: Stage, codec: str, text: str) -> None:
    expected = [tuple(line.split(",")) for line in text.splitlines()]
    assert rows(only(stage("a.csv", ("a,b\n" + text).encode(codec)))) == expected


def test_a_lone_euro_sign_is_windows_1252(stage: Stage) -> None:
    assert values(only(stage("a.csv", "v,w\n5 € off,x\n7,y\n".encode("cp1252"))), "v") == ["5 € off", "7"]


def test_the_first_odd_letter_may_come_late(stage: Stage) -> None:
    plain = "name,city\n" + "Anna,Berlin\n" * 200_000
    table = only(stage("a.csv", plain.encode() + "José,Orléans\nÅse,Århus\n".encode("cp1252")))
    assert (table.rows, rows(table)[-1]) == (200_002, ("Åse", "Århus"))


def test_a_broken_byte_in_a_utf8_file_is_refused_with_its_line(write: Write) -> None:
    lines = [TEXT.encode()] + [b"Anna,Berlin\n"] * 90_000 + [b"Jos\xe9,Paris\n"] + [b"Anna,Berlin\n"] * 10
    path = write("a.csv", b"".join(lines))
    error = refused([path], path.parent.parent / "staging", "0xE9 is not valid UTF-8, although other parts")
    # The header, three rows of TEXT and 90,000 others stand before it.
    assert (type(error), error.data["line"]) == (MalformedError, 90_005)


def test_half_a_character_at_the_end_is_refused(write: Write) -> None:
    path = write("a.csv", TEXT.encode() + "x,é".encode()[:-1])
    refused([path], path.parent.parent / "staging", "is not valid UTF-8")


def test_utf16_that_is_cut_off_is_refused(write: Write) -> None:
    path = write("a.csv", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1])
    refused([path], path.parent.parent / "staging", "is not valid UTF-16-LE")
