"""Builds the bundled web fonts and the outlines of wordmarks from two npm packages.

Run by hand when a package is updated; the product only ships the results. The packages are
`@fontsource-variable/inter` and `@fontsource-variable/jetbrains-mono`, both under the SIL Open Font License:

    python tools/web_fonts.py NODE_MODULES/@fontsource-variable
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

APP = Path(__file__).resolve().parent.parent / "app"
STATIC = APP / "static"
SIGNIN_ASSETS = APP / "signin_assets"
WORDMARK = APP / "ui" / "wordmark.json"

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TABULAR = {ord("0") + value: f"{name}.tf" for value, name in enumerate(DIGITS)} | {
    ord("+"): "plus.tf",
    0x2212: "minus.tf",
}
THIN_SPACE, NARROW_NO_BREAK_SPACE = 0x2009, 0x202F
WORDMARK_WEIGHT = 650
WORDMARK_UNITS = 1000
# Latin-1 and Latin Extended-A; a name in another script is set as text instead.
WORDMARK_LAST = 0x17F


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """One file to build: where it comes from inside the packages' folder and what it is called here."""

    source: str
    target: str
    family: str
    is_tabular: bool = False


FILES = (
    FontFile(
        source="inter/files/inter-latin-wght-normal.woff2",
        target="inter-tabular-latin.woff2",
        family="Inter Tabular",
        is_tabular=True,
    ),
    FontFile(
        source="inter/files/inter-latin-ext-wght-normal.woff2",
        target="inter-tabular-latin-ext.woff2",
        family="Inter Tabular",
    ),
    FontFile(
        source="inter/files/inter-latin-wght-italic.woff2",
        target="inter-tabular-latin-italic.woff2",
        family="Inter Tabular",
        is_tabular=True,
    ),
    FontFile(
        source="jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
        target="jetbrains-mono-latin.woff2",
        family="JetBrains Mono",
    ),
)
LICENCES = {"inter/LICENSE": "OFL-inter.txt", "jetbrains-mono/LICENSE": "OFL-jetbrains-mono.txt"}


def build_font(source: Path, font_file: FontFile) -> TTFont:
    """The font as it is shipped: tabular figures and U+202F in `cmap`, no contextual alternates in code."""
    font = TTFont(source, recalcTimestamp=False)
    if font_file.is_tabular:
        _remap(font, TABULAR)
        # Inter has no narrow no-break space; without one a browser takes it from another font, at any width.
        _remap(font, {NARROW_NO_BREAK_SPACE: font.getBestCmap()[THIN_SPACE]})
    _rename(font, font_file.family)
    if font_file.family == "JetBrains Mono":
        _empty_feature(font, "calt")
    font.flavor = "woff2"
    return font


def _remap(font: TTFont, glyphs: dict[int, str]) -> None:
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(glyphs)


def _rename(font: TTFont, family: str) -> None:
    names = font["name"]
    style = names.getDebugName(2) or "Regular"
    compact = family.replace(" ", "")
    for name_id, text in ((1, family), (4, f"{family} {style}"), (6, f"{compact}-{style}"), (16, family)):
        if names.getDebugName(name_id) is not None:
            names.setName(text, name_id, 3, 1, 0x409)


def _empty_feature(font: TTFont, tag: str) -> None:
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag == tag:
            record.Feature.LookupListIndex = []
            record.Feature.LookupCount = 0


def build_wordmark(sources: list[Path]) -> dict[str, tuple[int, str]]:
    """Outlines by character: the advance width and an SVG path, 1000 units to the em, y downwards from the baseline.

    Kerning is left out: a wordmark is one or two short words.
    """
    outlines: dict[str, tuple[int, str]] = {}
    for source in sources:
        font = instantiateVariableFont(TTFont(source), {"wght": WORDMARK_WEIGHT})
        glyphs = font.getGlyphSet()
        scale = WORDMARK_UNITS / font["head"].unitsPerEm
        for code, name in sorted(font.getBestCmap().items()):
            character = chr(code)
            if character in outlines or code > WORDMARK_LAST or not character.isprintable():
                continue
            pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
            glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
            outlines[character] = (round(glyphs[name].width * scale), pen.getCommands())
    return outlines


def main() -> None:
    """Build everything from the packages' folder given as the only argument."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path, help="the folder that holds inter/ and jetbrains-mono/")
    packages: Path = parser.parse_args().packages
    STATIC.mkdir(parents=True, exist_ok=True)
    SIGNIN_ASSETS.mkdir(parents=True, exist_ok=True)
    for font_file in FILES:
        build_font(packages / font_file.source, font_file).save(STATIC / font_file.target)
    for source, target in LICENCES.items():
        shutil.copyfile(packages / source, STATIC / target)
    # Signed-out visitors reach nothing of the pages, so the sign-in page has its own copy.
    for name in ("inter-tabular-latin.woff2", "OFL-inter.txt"):
        shutil.copyfile(STATIC / name, SIGNIN_ASSETS / name)
    outlines = build_wordmark([packages / FILES[0].source, packages / FILES[1].source])
    WORDMARK.write_text(json.dumps(outlines, ensure_ascii=True, separators=(",", ":")).replace("],", "],\n") + "\n")


if __name__ == "__main__":
    main()
