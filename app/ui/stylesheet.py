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
    st.html(f"<style>{_rules('notebook.css')}</style>")


def behaviour_style() -> None:
    """Put the rules of funnels and heat maps into the page, behind those of every page."""
    st.html(f"<style>{_rules('behaviour.css')}</style>")


def catalogue_style() -> None:
    """Put the rules of the catalogue of metrics into the page, behind those of every page."""
    st.html(f"<style>{_rules('catalogue.css')}</style>")


@cache
def _rules(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
