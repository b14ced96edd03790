"""The one stylesheet: colours from the tokens, then the numbered rules of `plumbline.css`."""

from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parent


@cache
def stylesheet() -> str:
    """The whole text. Colours are `light-dark()` properties, so a change of theme needs no new run."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("tokens.css", "plumbline.css"))


def page_style() -> None:
    """Put the stylesheet into the page; call it once in each run, before the first element."""
    st.html(f"<style>{stylesheet()}</style>")


def notebook_style() -> None:
    """Put the rules of notebooks and dashboards into the page, behind those of every page."""
    st.html(f"<style>{_notebook_rules()}</style>")


@cache
def _notebook_rules() -> str:
    return (FOLDER / "notebook.css").read_text(encoding="utf-8")
