"""What opens when a number is clicked: what it means, the question in words, the SQL behind it, and how fresh it is."""

from dataclasses import dataclass

import sqlglot
import streamlit as st

from notebooks import CellRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A number with its evidence. `questions` are pairs of a sentence and its SQL."""

    title: str
    value: str
    description: str
    questions: tuple[tuple[str, str], ...]
    freshness: str


def definition_of(run: CellRun, *, title: str, value: str, description: str) -> Definition:
    """The evidence of a cell's run; the same question is told once."""
    questions = tuple(dict.fromkeys((asked.sentence, asked.sql) for asked in run.asked))
    freshness = f"Computed on data version {run.watermark}" if run.watermark else "No data was read"
    if run.doubt:
        freshness = f"{run.doubt} {freshness}"
    return Definition(title=title, value=value, description=description, questions=questions, freshness=freshness)


def open_definition(definition: Definition) -> None:
    """Open the dialog."""

    @st.dialog(_literal(definition.title), width="medium")
    def show() -> None:
        st.text(definition.value)
        st.text(definition.description or "No description has been written for this metric.")
        for number, (sentence, sql) in enumerate(definition.questions, start=1):
            st.caption(_literal(f"{number}. {sentence}"))
            st.code(_readable(sql), language="sql")
        st.caption(_literal(definition.freshness))

    show()


def _readable(sql: str) -> str:
    """The statement over several lines."""
    return sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0]


def _literal(text: str) -> str:
    """Text as it is, in a place that reads Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#$~|:" else sign for sign in text)
