"""Builds the fonts behind Inter in PDF files: Noto for Arabic, Hebrew, Thai and Korean, Droid for Han and kana.

    python tools/fonts_fallback.py FOLDER

FOLDER holds, unpacked anywhere outside the project, Debian's packages `fonts-noto-core` 20201225-1 (SIL Open Font
License) and `fonts-droid-fallback` 1:6.0.1r16-1.1 (Apache License 2.0), and the npm package
`@expo-google-fonts/noto-sans-kr` 0.4.3 (SIL Open Font License). What is written has no hints and layout tables, which
ReportLab does not use, and none of the characters that Inter has. The output is the same for the same input.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from tools.fonts_pdf import TARGET, codepoints

NOTO = tuple(f"NotoSans{script}-{weight}" for script in ("Arabic", "Hebrew", "Thai") for weight in ("Regular", "Bold"))
KOREAN = "NotoSansKR_400Regular"
HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))
DROID = "DroidSansFallbackFull"
# Chinese and Japanese, their punctuation and wide forms, and the signs and arrows that stand among them.
RANGES = ((0x2100, 0x27BF), (0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x2FA1F))


def build(source: Path, wanted: Iterable[int]) -> None:
    """Writes one font beside Inter, under its own name."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "kern"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(set(wanted) & set(font.getBestCmap())))
    subsetter.subset(font)
    target = TARGET / source.name
    font.save(target)
    sys.stdout.write(f"{target.name}: {target.stat().st_size // 1024} kB\n")


def _codes(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def main(arguments: list[str]) -> int:
    """Builds every font behind Inter."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tools.fonts_fallback FOLDER (two unpacked font packages of Debian)\n")
        return 2
    found = {path.stem: path for path in Path(arguments[0]).rglob("*.ttf")}
    own = set(codepoints())
    for name in NOTO:
        build(found[name], set(TTFont(found[name]).getBestCmap()) - own)
    build(found[KOREAN], _codes(HANGUL))
    build(found[DROID], _codes(RANGES) - own)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
