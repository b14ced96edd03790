"""What helps to write SQL in a form: completion as one types, and the tables and columns to look through."""

from collections.abc import Sequence
from pathlib import Path

from streamlit.components import v2

from services.sql_words import SqlWords

_FOLDER = Path(__file__).resolve().parent
_mount = v2.component(
    "plumbline_sql_tools",
    js=(_FOLDER / "sql_tools.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "sql_tools.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def sql_tools(words: SqlWords, *, field: str, cells: Sequence[str], key: str) -> None:
    """Help with the text of the field that has the key `field`; `cells` can be read as tables and in double braces."""
    tables = [
        {"name": name, "columns": [{"name": column, "type": kind.lower()} for column, kind in columns.items()]}
        for name, columns in words.tables.items()
    ]
    data = {"field": field, "tables": tables, "functions": list(words.functions), "cells": list(cells)}
    _mount(key=key, data=data, height="content")
