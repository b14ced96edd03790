"""The parts of the notebook page: text of members stays text, and every rule of their stylesheet is used."""

import re

from app.ui.data_table import DataTable, HeatCell, TableColumn, render_table
from app.ui.gutter import Gutter, render_gutter
from app.ui.notebook_rows import NotebookRow, render_notebook_rows
from app.ui.prose import render_prose
from app.ui.stylesheet import FOLDER
from app.ui.template import TEMPLATES
from notebooks import Asked, CellProblem, CellRun, TextCell

HOSTILE = '<img src=x onerror="alert(1)">'
CELL = TextCell(name="a", text="x")


def test_prose_keeps_its_little_markup_and_shows_everything_else() -> None:
    html = str(render_prose(f"# Head {HOSTILE}\n\n**bold** [x](javascript:alert(1))\n\n- one {HOSTILE}"))
    assert "<img" not in html
    assert "<b class" in html
    assert "[x](javascript:alert(1))" in html
    assert html.count("&lt;img") == 2


def test_a_row_shows_what_a_member_typed_as_text() -> None:
    row = NotebookRow(title=HOSTILE, text=HOSTILE, note=HOSTILE, action=None, star=f"star:{HOSTILE}")
    assert "<img" not in str(render_notebook_rows([row]))


def test_a_shaded_cell_is_its_text_on_a_ground_of_its_strength() -> None:
    cells = (HeatCell(text=HOSTILE, heat=0.275), "plain")
    columns = (TableColumn(label="a", is_number=True), TableColumn(label="b"))
    html = str(render_table(DataTable(caption="c", columns=columns, rows=(cells,))))
    assert 'style="--pl-heat:27.5%"' in html
    assert html.count("pl-heat") == 2
    assert "<img" not in html


def test_the_gutter_tells_time_and_rows_or_that_nothing_is_shown() -> None:
    asked = (Asked(query=None, sentence="", sql="SELECT 1"),)
    ran = Gutter(name="a", kind="SQL", run=CellRun(cell=CELL, asked=asked, rows=1234, elapsed_s=0.256))
    failed = Gutter(name="a", kind="SQL", run=CellRun(cell=CELL, problem=CellProblem(message="m", code="invalid")))
    assert [ran.words, failed.words, Gutter(name="a", kind="SQL").words] == [
        "0.26 s · 1,234 rows",
        "Not shown",
        "Running",
    ]
    assert "Delete a" not in str(render_gutter(ran))
    assert 'aria-label="Delete a"' in str(render_gutter(Gutter(name="a", kind="SQL", is_editable=True)))


def test_every_class_of_the_notebook_rules_is_in_a_template() -> None:
    rules = (FOLDER / "notebook.css").read_text(encoding="utf-8")
    markup = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    families = ("pl-surface", "pl-dot-")
    names = {name for name in re.findall(r"\.(pl-[a-z0-9-]+)", rules) if not name.startswith(families)}
    assert {name for name in names if name not in markup} == set()
    assert rules.count("{") == rules.count("}")
    assert rules.count("\n") < 60
