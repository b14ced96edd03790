"""Charts for tests: a plain one of any kind, and the awkward ones every kind must survive."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from charts import Chart, ChartKind, Event, Role, Series
from charts.spec import X, Y

MONTHS = tuple(dt.date(2025 + (5 + month) // 12, (5 + month) % 12 + 1, 1) for month in range(18))


def make_chart(
    kind: ChartKind,
    x: tuple[X, ...],
    *values: tuple[Y, ...],
    unit: str | None = "USD",
    incomplete_from: X | None = None,
    note: str = "",
) -> Chart:
    """A chart with series A, B, C and so on."""
    series = tuple(Series(name=chr(65 + index), x=x, y=y) for index, y in enumerate(values))
    return Chart(
        kind=kind,
        title="Revenue",
        description="Revenue by month.",
        series=series,
        unit=unit,
        incomplete_from=incomplete_from,
        incomplete_note=note,
    )


@cache
def awkward_charts(kind: ChartKind) -> Mapping[str, Chart]:
    """By what is awkward about them."""
    many = 10_000
    long_names = tuple(f"An extremely long name of a customer, number {index}" for index in range(7))
    return {
        "nothing": make_chart(kind, ()),
        "no points": make_chart(kind, (), ()),
        "only nulls": make_chart(kind, ("a", "b"), (None, float("nan"))),
        "one point": make_chart(kind, (dt.date(2026, 11, 1),), (5.0,)),
        "one zero": make_chart(kind, ("a",), (0.0,)),
        "two points": make_chart(kind, (1, 2), (5, -3)),
        "gaps": make_chart(kind, tuple(range(9)), (1, None, 3, 4, None, float("nan"), 2, float("inf"), 9)),
        "negative": make_chart(kind, MONTHS[:5], (-5.0, -2.5, -9.0, None, -1.0), unit="ratio"),
        "mixed signs": make_chart(kind, ("a", "b", "c"), (1.5, -2.5, 0.0), (None, 4.0, -1.0), unit="EUR"),
        "all equal": make_chart(kind, MONTHS[:6], (7.0,) * 6, unit="days"),
        "huge": make_chart(kind, ("a", "b"), (1e300, -1e300)),
        "tiny": make_chart(kind, ("a", "b"), (1e-9, 2e-9), unit="ratio"),
        "hardly different": make_chart(kind, ("a", "b"), (1e15, 1e15 + 1), unit=None),
        "interval": replace(
            make_chart(kind, MONTHS[:3], (1.0, 2.0, 3.0), (1.0, 1.5, None), (1.0, 2.5, 4.0)), between=(1, 2)
        ),
        "incomplete": make_chart(kind, MONTHS, tuple(map(float, range(18))), incomplete_from=MONTHS[-1], note="so far"),
        "all incomplete": make_chart(kind, MONTHS[:3], (1.0, 2.0, 3.0), incomplete_from=MONTHS[0], note="so far"),
        "long names": make_chart(kind, long_names, tuple(map(float, range(7)))),
        "markup": make_chart(kind, ("<b>x</b>", "a & b", "%{y}"), (1.0, 2.0, 3.0)),
        "emoji": make_chart(
            kind, ("\U0001f600", "\u6f22\u5b57", "\u05e9\u05dc\u05d5\u05dd\ud800\x00"), (1.0, 2.0, 3.0)
        ),
        "mixed x": make_chart(kind, ("a", 1, dt.date(2026, 1, 1)), (1.0, 2.0, 3.0)),
        "repeated x": make_chart(kind, ("a", "a", "b"), (1.0, 2.0, 3.0)),
        "unsorted": make_chart(kind, (MONTHS[3], MONTHS[0], MONTHS[1]), (3.0, 0.5, 1.0)),
        "aware times": make_chart(
            kind, tuple(dt.datetime(2026, 1, 1, h, tzinfo=dt.UTC) for h in range(12)), (2.0,) * 12
        ),
        "ends of time": make_chart(kind, (dt.date.min, dt.date.max), (1.0, 2.0)),
        "nine series": make_chart(kind, MONTHS[:4], *(tuple(float(n + i) for i in range(4)) for n in range(9))),
        "many points": make_chart(kind, tuple(range(many)), tuple(float(index % 97) for index in range(many))),
        "many names": make_chart(kind, tuple(map(str, range(many))), tuple(float(index % 89) for index in range(many))),
    }


def highlighted(kind: ChartKind) -> Chart:
    """One series that matters over two of context, its last month unfinished."""
    x = MONTHS[-6:]
    return Chart(
        kind=kind,
        title="Win rate",
        description="Win rate by region.",
        unit="ratio",
        series=(
            Series(name="EMEA", x=x, y=(0.28, 0.27, 0.276, 0.25, 0.217, 0.189)),
            Series(name="North America", x=x, y=(0.30, 0.296, 0.299, 0.296, 0.292, 0.287), role=Role.CONTEXT),
            Series(name="APAC", x=x, y=(0.26, 0.256, 0.254, 0.26, 0.252, 0.246), role=Role.CONTEXT),
        ),
        incomplete_from=x[-1],
        incomplete_note="Nov: 21 of 30 days",
    )


def annotated(kind: ChartKind) -> Chart:
    """Six months over a target of 0.25, with two events in the range and one before it."""
    whole = highlighted(kind)
    x = whole.series[0].x
    target = Series(name="Target", x=x, y=(0.25,) * len(x), role=Role.CONTEXT, is_dashed=True)
    return replace(
        whole,
        series=(whole.series[0], target),
        events=(
            Event(day=dt.date(2026, 10, 20), label="A <b>second</b> rise with a name that is far too long"),
            Event(day=dt.date(2026, 7, 15), label="Price rise"),
            Event(day=dt.date(2020, 1, 1), label="Long ago"),
        ),
    )
