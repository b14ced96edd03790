"""The choices a URL holds, read one by one; each tells what came and what is allowed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from core.errors import InvalidError
from core.names import suggestion
from metrics.behaviour import parse_events, parse_window
from metrics.event_rows import NamedEvents

Params = Mapping[str, Sequence[str]]
Choice = TypeVar("Choice", bound=StrEnum)

ANY_EVENT = "any"
NO_WINDOW = "none"
_WHERE = " where "


def last(params: Params, name: str, otherwise: str = "") -> str:
    """The text of a choice."""
    values = params.get(name) or [otherwise]
    return values[-1].strip()


def several(params: Params, name: str) -> tuple[str, ...]:
    """Every text of a choice, without the empty ones."""
    return tuple(one.strip() for one in params.get(name, ()) if one.strip())


def choice(params: Params, name: str, kind: type[Choice], otherwise: Choice) -> Choice:
    """One of a few words. Raises InvalidError."""
    text = last(params, name, str(otherwise))
    try:
        return kind(text)
    except ValueError:
        raise InvalidError(f"`{name}` is {text!r}. {suggestion(text, list(kind))}") from None


def whole(params: Params, name: str, otherwise: int, *, high: int) -> int:
    """A whole number from 1 on. Raises InvalidError."""
    text = last(params, name, str(otherwise))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= high):
        raise InvalidError(f"`{name}` is {text!r}; it must be a whole number from 1 to {high:,}.")
    return int(text)


def day(params: Params, name: str) -> dt.date | None:
    """A day. Raises InvalidError."""
    text = last(params, name)
    return require_day(text, f"`{name}`") if text else None


def require_day(text: str, subject: str = "The day") -> dt.date:
    """A day as it is written. Raises InvalidError."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidError(f"{subject} is {text!r}; write a date as 2026-03-31.") from None


def day_text(day: dt.date | None) -> str:
    """A day as a URL has it; empty where there is none."""
    return day.isoformat() if day else ""


def filled(found: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The choices that hold something."""
    kept = {name: [value for value in values if value] for name, values in found.items()}
    return {name: values for name, values in kept.items() if values}


def window(text: str) -> dt.timedelta | None:
    """A conversion window as it is written; `none` is no limit. Raises InvalidError."""
    return None if text == NO_WINDOW else parse_window(text)


def parse_step(text: str, *, until: dt.date | None = None) -> NamedEvents:
    """A step as it is written: an event, several as `a | b`, `any`, each with a filter after `where`.

    >>> step = parse_step("signup | trial where channel = 'Partner'")
    >>> step.events, step.where
    (('signup', 'trial'), "channel = 'Partner'")
    """
    events, _, where = text.partition(_WHERE)
    named = None if events.strip() == ANY_EVENT else parse_events(events)
    return NamedEvents(name=text.strip(), events=named, where=where.strip(), until=until)
