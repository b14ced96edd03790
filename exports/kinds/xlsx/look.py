"""The look of a workbook's cells, each made once and named by what it is for."""

from functools import cache
from typing import TYPE_CHECKING

from charts.theme import print_colours

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

FONT = {"font_name": "Arial", "font_size": 10}
_LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12},
    "sheet_title": {"bold": True, "font_size": 13},
    "meta": {"font_color": "text3"},
    "note": {"font_color": "text3", "italic": True},
    "prose": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "accentText", "underline": 1},
    "problem": {"font_color": "bad", "bold": True},
    "head": {"bold": True, "font_color": "text2", "bg_color": "tableHeader", "bottom": 1, "bottom_color": "lineStrong",
             "text_wrap": True, "valign": "bottom"},
    "head_number": {"bold": True, "font_color": "text2", "bg_color": "tableHeader", "bottom": 1,
                    "bottom_color": "lineStrong", "text_wrap": True, "valign": "bottom", "align": "right"},
    "cell": {},
    "first": {"align": "left"},
    "others": {"font_color": "text2"},
    "subtotal": {"bold": True},
    "total": {"bold": True, "top": 1, "top_color": "lineStrong"},
    "better": {"font_color": "good"},
    "worse": {"font_color": "bad"},
}  # fmt: skip
_COLOURS = ("font_color", "bg_color", "bottom_color", "top_color")


class Looks:
    """The formats of one workbook."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self.of = cache(self._make)

    def _make(self, name: str, number_format: str = "", *, is_literal: bool = False) -> "Format":
        """The format of that name; `is_literal` marks text that must never be read as a formula."""
        colours = print_colours()
        look = FONT | _LOOKS[name]
        look |= {key: colours[str(look[key])] for key in _COLOURS if key in look}
        if number_format:
            look["num_format"] = number_format
        if is_literal:
            look["quote_prefix"] = True
        return self._workbook.add_format(look)
