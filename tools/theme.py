"""Writes the theme file and the colour properties of the stylesheets from `charts/tokens.json`.

One file of tokens feeds the pages, the charts and the printed reports; this script turns it into the forms the
pages need. Run it after a change of the tokens; a test writes everything again and compares.

    python tools/theme.py
"""

import json
import re
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
TOKENS = ROOT / "charts" / "tokens.json"

Colours = dict[str, str]
Value = str | int | float | bool | list[str] | list[int]
MODES = ("light", "dark")

# Light and dark. Colour, text and background go together: one alone derives translucent, fainter partners.
NAMED_COLOURS: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "orange": (("#b26a00", "#8a5200", "#fdf3e1"), ("#f0a85c", "#f3b877", "#33240f")),
    "yellow": (("#a8851a", "#6f5600", "#faf5df"), ("#d8c04a", "#e0cd6b", "#2b2710")),
    "blue": (("#3a5fd9", "#2f51c4", "#eef2fe"), ("#7f9dff", "#9db4ff", "#1a2340")),
    "violet": (("#693eb0", "#5c34a0", "#f4effc"), ("#b493f0", "#c2a8f5", "#271f3b")),
    "gray": (("#6b707b", "#555a64", "#f0f1f3"), ("#868c98", "#a3a8b3", "#212328")),
}
LINK = {"light": "#2f51c4", "dark": "#8ea8ff"}
DATAFRAME_BORDER = {"light": "#ecedf0", "dark": "#222429"}
SIDEBAR_BORDER = {"light": "#e3e4e8", "dark": "#202227"}

LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
LATIN_EXT = (
    "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF"
)
FONT_FACES = (
    ("Inter Tabular", "inter-tabular-latin", "100 900", "normal", LATIN),
    ("Inter Tabular", "inter-tabular-latin-ext", "100 900", "normal", LATIN_EXT),
    ("Inter Tabular", "inter-tabular-latin-italic", "100 900", "italic", LATIN),
    ("JetBrains Mono", "jetbrains-mono-latin", "100 800", "normal", LATIN),
)
COMMON: dict[str, Value] = {
    "font": "'Inter Tabular', sans-serif",
    "headingFont": "'Inter Tabular', sans-serif",
    "codeFont": "'JetBrains Mono', monospace",
    "baseFontSize": 14,
    "codeFontSize": "0.893rem",
    "headingFontSizes": ["1.571rem", "1.286rem", "1.071rem", "1rem", "0.929rem", "0.857rem"],
    "headingFontWeights": [650, 650, 600, 600, 600, 600],
    "metricValueFontSize": "1.857rem",
    "metricValueFontWeight": 600,
    "baseRadius": "8px",
    "buttonRadius": "8px",
    "paddingTop": "1.5rem",
    "paddingBottom": "4rem",
    "showWidgetBorder": True,
    "linkUnderline": False,
}


def load_tokens() -> dict[str, object]:
    """The tokens as they stand in `charts/tokens.json`."""
    return cast("dict[str, object]", json.loads(TOKENS.read_text(encoding="utf-8")))


def _colours(tokens: dict[str, object], mode: str) -> Colours:
    return cast("dict[str, Colours]", tokens["color"])[mode]


def _chart_colours(tokens: dict[str, object], mode: str) -> dict[str, list[str]]:
    chart = cast("dict[str, dict[str, list[dict[str, str]]]]", tokens["chart"])
    ramps = cast("dict[str, dict[str, list[str]]]", tokens["chart"])
    semantic = cast("dict[str, dict[str, Colours]]", tokens["chart"])["semantic"][mode]
    series = [entry["hex"] for entry in chart["categorical"][mode]]
    return {
        "chartCategoricalColors": [*series, semantic["good"], semantic["bad"]],
        "chartSequentialColors": ramps["sequential"][mode],
        "chartDivergingColors": ramps["diverging"][mode],
    }


def mode_theme(tokens: dict[str, object], mode: str) -> dict[str, Value]:
    """The keys of `[theme.light]` or `[theme.dark]`."""
    colour, index = _colours(tokens, mode), MODES.index(mode)
    charts = _chart_colours(tokens, mode)
    values: dict[str, Value] = {
        "primaryColor": colour["primary"],
        "linkColor": LINK[mode],
        "backgroundColor": colour["canvas"],
        "secondaryBackgroundColor": colour["surface"],
        "textColor": colour["text"],
        "borderColor": colour["line"],
        "codeBackgroundColor": colour["codeBg"],
        "codeTextColor": colour["text"],
        "dataframeBorderColor": DATAFRAME_BORDER[mode],
        "dataframeHeaderBackgroundColor": colour["tableHeader"],
        "dataframeHeaderTextColor": colour["text2"],
    }
    good, bad = charts["chartCategoricalColors"][-2:]
    named = {
        "green": (good, colour["good"], colour["goodSoft"]),
        "red": (bad, colour["bad"], colour["badSoft"]),
    } | {name: pair[index] for name, pair in NAMED_COLOURS.items()}
    for name, (fill, text, background) in named.items():
        values |= {f"{name}Color": fill, f"{name}TextColor": text, f"{name}BackgroundColor": background}
    return values | charts


def sidebar_theme(tokens: dict[str, object], mode: str) -> dict[str, Value]:
    """The keys of `[theme.light.sidebar]` or `[theme.dark.sidebar]`."""
    colour = _colours(tokens, mode)
    return {
        "backgroundColor": colour["sidebar"],
        "secondaryBackgroundColor": colour["surface"],
        "borderColor": SIDEBAR_BORDER[mode],
    }


def _toml(value: Value) -> str:
    # A JSON string, number, boolean or flat list is spelt the same in TOML.
    return json.dumps(value, ensure_ascii=False)


def _table(name: str, values: dict[str, Value]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items())])


def render_theme(tokens: dict[str, object]) -> str:
    """The text of `app/theme.toml`."""
    parts = ["# Written by tools/theme.py from charts/tokens.json; change the tokens, not this file.", ""]
    parts.append(_table("theme", COMMON))
    for family, file, weight, style, unicode_range in FONT_FACES:
        url = f"app/static/{file}.woff2"
        face: dict[str, Value] = {"family": family, "url": url, "weight": weight, "style": style}
        parts.append(_table("[theme.fontFaces]", face | {"unicodeRange": unicode_range}))
    for mode in MODES:
        parts.append(_table(f"theme.{mode}", mode_theme(tokens, mode)))
        parts.append(_table(f"theme.{mode}.sidebar", sidebar_theme(tokens, mode)))
    return "\n\n".join(parts) + "\n"


def property_name(token: str) -> str:
    """The custom property of a colour token.

    >>> property_name("accentText"), property_name("text2")
    ('--pl-accent-text', '--pl-text-2')
    """
    return "--pl-" + re.sub(r"(?<=[a-z])([A-Z0-9])", r"-\1", token).lower()


def render_properties(tokens: dict[str, object]) -> str:
    """The text of `tokens.css`: every colour as a property that follows the theme in the browser."""
    light, dark = (_colours(tokens, mode) for mode in MODES)
    pairs = [(property_name(token), light[token], dark[token]) for token in light]
    series = [_chart_colours(tokens, mode)["chartCategoricalColors"] for mode in MODES]
    names = [*(f"--pl-series-{number}" for number in range(1, len(series[0]) - 1)), "--pl-mark-good", "--pl-mark-bad"]
    pairs += list(zip(names, *series, strict=True))
    lines = [f"  {name}: light-dark({one}, {other});" for name, one, other in pairs]
    head = "/* Written by tools/theme.py from charts/tokens.json; change the tokens, not this file. */"
    return "\n".join([head, ":root {", *lines, "}"]) + "\n"


def outputs() -> dict[Path, str]:
    """Every generated file with its text."""
    tokens = load_tokens()
    properties = render_properties(tokens)
    return {
        ROOT / "app" / "theme.toml": render_theme(tokens),
        ROOT / "app" / "ui" / "tokens.css": properties,
        ROOT / "app" / "signin_assets" / "tokens.css": properties,
    }


def main() -> None:
    """Write every generated file."""
    for path, text in outputs().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
