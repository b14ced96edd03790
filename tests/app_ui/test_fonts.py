"""The bundled web fonts do what the pages rely on."""

import pytest
from fontTools.ttLib import TTFont

from app.ui.configuration import APP

STATIC = APP / "static"
TABULAR = ["inter-tabular-latin.woff2", "inter-tabular-latin-italic.woff2"]


def load(name: str) -> TTFont:
    """One shipped font."""
    return TTFont(STATIC / name)


@pytest.mark.parametrize("name", TABULAR)
def test_digits_and_signs_have_one_width(name: str) -> None:
    font = load(name)
    glyphs = font.getBestCmap()
    assert len({font["hmtx"][glyphs[ord(sign)]][0] for sign in "0123456789+\u2212"}) == 1


@pytest.mark.parametrize("name", TABULAR)
def test_comma_and_point_stay_narrow(name: str) -> None:
    font = load(name)
    glyphs = font.getBestCmap()
    assert all(font["hmtx"][glyphs[ord(sign)]][0] < font["hmtx"][glyphs[ord("0")]][0] / 2 for sign in ".,")


@pytest.mark.parametrize("name", TABULAR)
def test_narrow_no_break_space_is_in_the_font(name: str) -> None:
    font = load(name)
    assert 0 < font["hmtx"][font.getBestCmap()[0x202F]][0] < 0.25 * font["head"].unitsPerEm


def test_family_is_renamed() -> None:
    assert load("inter-tabular-latin-ext.woff2")["name"].getDebugName(1) == "Inter Tabular"


def test_code_font_draws_no_ligatures() -> None:
    features = load("jetbrains-mono-latin.woff2")["GSUB"].table.FeatureList.FeatureRecord
    assert [record.Feature.LookupListIndex for record in features if record.FeatureTag == "calt"] in ([], [[]])


def test_licences_lie_beside_the_fonts() -> None:
    for name in ("OFL-inter.txt", "OFL-jetbrains-mono.txt"):
        assert "SIL OPEN FONT LICENSE" in (STATIC / name).read_text(encoding="utf-8").upper()


def test_sign_in_page_has_the_same_font() -> None:
    copy = APP / "signin_assets" / "inter-tabular-latin.woff2"
    assert copy.read_bytes() == (STATIC / "inter-tabular-latin.woff2").read_bytes()
