"""Builds the fonts that are embedded in PDF files: static Inter with tabular figures, small enough to bundle.

    python tools/fonts_pdf.py PACKAGE_FOLDER

PACKAGE_FOLDER is the npm package `inter-ui` 4.1.1 (SIL Open Font License), installed anywhere outside the project.
Its static WOFF2 files become `charts/fonts/InterTabular-*.ttf`, because ReportLab reads TrueType outlines only and
applies no OpenType features: digits, plus and minus are therefore pointed at their tabular glyphs in the character
map itself, and columns of numbers line up everywhere. The output is the same for the same input, byte for byte.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Inter Tabular"
STYLES = {"Regular": "Regular", "SemiBold": "SemiBold", "Italic": "Italic"}
TARGET = Path(__file__).resolve().parent.parent / "charts" / "fonts"

# Latin with extensions, Greek, Cyrillic, Vietnamese, punctuation, currency signs.
RANGES = ((0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF))
SYMBOL_RANGES = ((0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20C0), (0x2190, 0x2199))
SYMBOLS = "™№℠ℓ−√∞∑∆∂∫≈≠≤≥□■●○▲▼◆✓✗"
TABULAR = "0123456789+\u2212"


def codepoints() -> Iterator[int]:
    """Every character the bundled fonts should have, where Inter has it."""
    for first, last in RANGES + SYMBOL_RANGES:
        yield from range(first, last + 1)
    yield from map(ord, SYMBOLS)


def tabular_glyphs(font: TTFont) -> dict[str, str]:
    """What the `tnum` feature puts in place of each glyph."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    swaps: dict[str, str] = {}
    for index in sorted(lookups):
        for subtable in table.LookupList.Lookup[index].SubTable:
            actual = getattr(subtable, "ExtSubTable", subtable)
            swaps.update(actual.mapping)
    return swaps


def use_tabular_figures(font: TTFont) -> None:
    """Points digits, plus and minus at their tabular glyphs. Raises KeyError when Inter has none."""
    swaps = tabular_glyphs(font)
    glyphs = font.getBestCmap()
    tabular = {ord(character): swaps[glyphs[ord(character)]] for character in TABULAR}
    for table in font["cmap"].tables:
        # Several tables may share one dictionary, so the names are looked up before any is changed.
        table.cmap.update({code: glyph for code, glyph in tabular.items() if code in table.cmap})


def rename(font: TTFont, style: str) -> None:
    """The licence lets a changed font keep its name, but two fonts of one name would be confused."""
    names = font["name"]
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    texts = {
        1: FAMILY,
        2: style,
        3: f"{postscript};4.1.1",
        4: f"{FAMILY} {style}",
        6: postscript,
        16: FAMILY,
        17: style,
    }
    names.names = [record for record in names.names if record.nameID in {0, 5, 13, 14} and record.platformID == 3]
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)


def build(source: Path, style: str, target: Path) -> None:
    """Writes one static TrueType file."""
    font = TTFont(source, recalcTimestamp=False)
    use_tabular_figures(font)
    options = Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codepoints())
    subsetter.subset(font)
    rename(font, style)
    font.flavor = None
    font.save(target)


def main(arguments: list[str]) -> int:
    """Builds every style and copies the licence beside them."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python tools/fonts_pdf.py PACKAGE_FOLDER (the npm package inter-ui)\n")
        return 2
    package = Path(arguments[0])
    for style, source in STYLES.items():
        target = TARGET / f"InterTabular-{style}.ttf"
        build(package / "web" / f"Inter-{source}.woff2", style, target)
        sys.stdout.write(f"{target.name}: {target.stat().st_size // 1024} kB\n")
    shutil.copyfile(package / "LICENSE.txt", TARGET / "OFL.txt")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
