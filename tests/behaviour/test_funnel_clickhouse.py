"""Levels of 200 random logs recorded from ClickHouse 26.9 `windowFunnel` (through chdb) against ours."""

import json
from pathlib import Path
from typing import cast

import pytest

from metrics.behaviour import Order
from tests.behaviour.logs import Row, counted, spec

Log = list[tuple[int, str]]
RECORDED = json.loads(Path(__file__).with_name("clickhouse_levels.json").read_text())


def level(log: Log, steps: str, order: Order) -> int:
    rows: list[Row] = [("one", second, event) for second, event in log]
    return sum(counted(rows, spec(steps, cast(int, RECORDED["window_s"]), order=order)))


@pytest.mark.parametrize("steps", list(RECORDED["levels"]))
def test_ordered_levels_equal_those_of_window_funnel(steps: str) -> None:
    found = [level(log, steps, Order.ORDERED) for log in RECORDED["logs"]]
    assert found == RECORDED["levels"][steps]["default"]


@pytest.mark.parametrize("steps", ["a,b", "a,b,c", "a,b,c,d"])
def test_strict_levels_equal_strict_order_where_every_event_comes_once(steps: str) -> None:
    recorded = RECORDED["levels"][steps]["strict_order"]
    compared = 0
    for log, theirs in zip(RECORDED["logs"], recorded, strict=True):
        if len({event for _, event in log}) == len({second for second, _ in log}) == len(log):
            assert level(log, steps, Order.STRICT) == theirs, log
            compared += 1
    assert compared > 20


def test_where_strict_differs_from_strict_order_is_stated() -> None:
    # ClickHouse answers 1, because it gives up at the first interruption, and 3, because it skips repeats.
    assert level([(1, "a"), (2, "x"), (3, "a"), (4, "b"), (5, "c")], "a,b,c", Order.STRICT) == 3
    assert level([(1, "a"), (2, "b"), (3, "b"), (4, "c")], "a,b,c", Order.STRICT) == 2


def test_one_event_serves_one_step_where_clickhouse_lets_it_serve_two() -> None:
    assert level([(1, "a")], "a,a", Order.ORDERED) == 1
