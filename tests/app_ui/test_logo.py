"""The tenant's logo."""

from xml.etree import ElementTree as ET

import pytest

from app.ui.logo import readable_colour, tenant_logo, tenant_mark
from tests.app_ui.test_theme import contrast


@pytest.mark.parametrize("colour", ["#ffffff", "#ffd400", "#7f9dff", "#0e6b5c", "#000000"])
def test_mark_colour_carries_white_words(colour: str) -> None:
    assert contrast(readable_colour(colour), "#ffffff") >= 4.5


def test_dark_enough_colour_is_kept() -> None:
    assert readable_colour("#0e6b5c") == "#0e6b5c"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", '#000000"/>'])
def test_other_notation_of_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        readable_colour(colour)


@pytest.mark.parametrize("name", ["Brightwater Software", "Łódź & Söhne", "東京商事", "<b>", "", "\u00a0"])
def test_logo_is_well_formed_for_any_name(name: str) -> None:
    root = ET.fromstring(tenant_logo(name))  # noqa: S314  our own text
    assert (root.findtext("{http://www.w3.org/2000/svg}title") or "") == name


def test_latin_name_is_outlines_and_any_other_is_text() -> None:
    assert "<text" not in tenant_logo("Łódź & Söhne")
    assert "<text" in tenant_logo("東京商事")


def test_name_follows_light_and_dark() -> None:
    assert "prefers-color-scheme:dark" in tenant_logo("Halden Systems")


def test_mark_has_the_first_letter_only() -> None:
    assert tenant_mark("  halden systems").count("<path") == 1
