"""The theme file and the configuration of Streamlit."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.ui.configuration import THEME, configuration
from tools.theme import load_tokens, outputs, property_name, render_theme

ROOT = Path(__file__).resolve().parents[2]
SOFT_PAIRS = [("good", "goodSoft"), ("bad", "badSoft"), ("warn", "warnSoft"), ("accentText", "accentSoft")]
PLAIN_PAIRS = [(text, ground) for text in ("text", "text2", "text3") for ground in ("canvas", "surface")]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("path", outputs(), ids=lambda path: path.name)
def test_generated_file_is_what_the_tokens_give(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == outputs()[path]


def test_theme_has_ten_colours_in_every_chart_palette() -> None:
    theme = tomllib.loads(render_theme(load_tokens()))["theme"]
    for mode in ("light", "dark"):
        for palette in ("chartCategoricalColors", "chartSequentialColors", "chartDivergingColors"):
            assert len(theme[mode][palette]) == 10


def test_theme_names_only_fonts_that_are_shipped() -> None:
    faces = tomllib.loads(THEME.read_text(encoding="utf-8"))["theme"]["fontFaces"]
    assert [face["url"] for face in faces if not (ROOT / face["url"]).is_file()] == []
    assert {face["family"] for face in faces} == {"Inter Tabular", "JetBrains Mono"}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), SOFT_PAIRS + PLAIN_PAIRS)
def test_text_is_readable(mode: str, text: str, ground: str) -> None:
    colours = json.loads((ROOT / "charts" / "tokens.json").read_text(encoding="utf-8"))["color"][mode]
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_property_name_splits_words_and_numbers() -> None:
    assert property_name("lineStrong") == "--pl-line-strong"
    assert property_name("text3") == "--pl-text-3"


def test_agent_api_and_usage_statistics_are_off() -> None:
    options = configuration()
    assert options["server.enableAgentApi"] is False
    assert options["browser.gatherUsageStats"] is False


def test_configuration_ignores_the_folder_and_the_home_it_is_started_from(tmp_path: Path) -> None:
    folder = tmp_path / ".streamlit"
    folder.mkdir()
    (folder / "config.toml").write_text(
        '[theme]\nprimaryColor = "#ff0000"\nfont = "serif"\n[server]\nenableAgentApi = true\n'
    )
    script = (
        "from app.ui.configuration import configure; configure(); from streamlit import config;"
        "print([config.get_option(key) for key in ('theme.light.primaryColor', 'theme.font', 'server.enableAgentApi')])"
    )
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == repr(["#3a5fd9", "'Inter Tabular', sans-serif", False])
