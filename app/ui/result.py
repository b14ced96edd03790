"""What a cell came to, whole: words, figure, chart or table, and the line below it that tells how it was computed."""

from collections.abc import Callable

import streamlit as st

from app.ui.action import Action
from app.ui.card import FooterLine, card, footer_line
from app.ui.cells import draw_chart_card, draw_problem, draw_table_card, tile_definition, tile_of
from app.ui.definition import definition_of, open_definition
from app.ui.input_cell import draw_input
from app.ui.kpi import kpi_tile
from app.ui.prose import prose
from notebooks import CellRun, ChartOutput, InputCell, InputOutput, TableOutput, TextOutput, TileOutput


def draw_result(run: CellRun, *, key: str, on_click: Callable[[str], None] | None = None) -> None:
    """What a cell came to, or why it came to nothing; `on_click` is told the mark of a chart that was clicked."""
    output = run.output
    match output:
        case TextOutput():
            prose(output.markdown, key=key)
        case InputOutput() if isinstance(run.cell, InputCell):
            draw_input(run.cell, output)
        case TileOutput():
            with card(key=f"nb_{key}"):
                draw_tile(run, key=key)
        case ChartOutput():
            with card(key=f"nb_{key}"):
                draw_chart_card(run, key=f"nb_{key}", on_click=on_click)
                _evidence(run, output.chart.title, key=key)
        case TableOutput():
            with card(key=f"nb_{key}"):
                draw_table_card(run, key=f"nb_{key}")
                _evidence(run, output.title, key=key)
        case _:
            with card(key=f"nb_{key}"):
                draw_problem(run, key=f"nb_{key}")
            if isinstance(run.cell, InputCell) and st.button("Use the default", key=f"default_{key}"):
                st.query_params.pop(f"in_{run.cell.name}", None)
                st.rerun()


def draw_tile(run: CellRun, *, key: str, opens: bool = True) -> None:
    """A metric cell's tile, which opens its definition; not for guests."""
    opened = kpi_tile(tile_of(run, label=run.cell.name, act="open" if opens else ""), key=f"nb_{key}")
    if opened is not None and (definition := tile_definition(run)) is not None:
        open_definition(definition)


def _evidence(run: CellRun, title: str, *, key: str) -> None:
    """The line below a result: how it was computed, on which data."""
    definition = definition_of(run, title=title, value="", description=" ".join(one.sentence for one in run.asked[:1]))
    footer = FooterLine(notes=(definition.freshness,), actions=(Action(label="How it was computed", act="open"),))
    if footer_line(footer, key=f"nb_{key}") is not None:
        open_definition(definition)
