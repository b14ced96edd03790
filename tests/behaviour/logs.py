"""Small event logs and the shortest way to ask them."""

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa

from metrics.behaviour import (
    EventSet,
    Exclusion,
    FunnelResult,
    FunnelSpec,
    Order,
    Step,
    build_event_set,
    compute_funnel,
    parse_events,
)

Row = tuple[str, int, str | None]


def event_set(rows: Sequence[Row], kinds: Sequence[str | None] | None = None, *, is_indexed: bool = False) -> EventSet:
    """Rows of (entity, second, event), with a property `kind` when given."""
    columns = {
        "entity": pa.array([row[0] for row in rows], pa.string()),
        "time": pa.array([row[1] for row in rows], pa.int64()).cast(pa.timestamp("s")),
        "event": pa.array([row[2] for row in rows], pa.string()),
    }
    if kinds is not None:
        columns["kind"] = pa.array(kinds, pa.string())
    keep = ["kind"] if kinds is not None else []
    return build_event_set(
        pa.table(columns), entity="entity", time="time", event="event", keep=keep, is_indexed=is_indexed
    )


def spec(
    steps: str,
    window_s: int | None = 10,
    *,
    order: Order = Order.ORDERED,
    excluded: tuple[str, ...] = (),
    exclusion: Exclusion = Exclusion.STOP,
    breakdown: str | None = None,
    top: int = 25,
) -> FunnelSpec:
    """A funnel of comma-separated steps with a window in seconds."""
    return FunnelSpec(
        steps=tuple(Step(name=name, events=parse_events(name)) for name in steps.split(",")),
        window=None if window_s is None else dt.timedelta(seconds=window_s),
        order=order,
        excluded=excluded,
        exclusion=exclusion,
        breakdown=breakdown,
        top=top,
    )


def counts(result: FunnelResult) -> list[int]:
    """How many entities reached each step."""
    return [step.count for step in result.steps]


def counted(rows: Sequence[Row], asked: FunnelSpec) -> list[int]:
    """The counts of a funnel over rows."""
    return counts(compute_funnel(event_set(rows), asked))


def one_log(text: str) -> list[Row]:
    """The log of one entity, an event each second: `axb` is a at 0, x at 1, b at 2; a space lets a second pass."""
    return [("one", second, event) for second, event in enumerate(text) if event != " "]
