"""Recency, frequency and money by loops, on the grid of segments, and against the published figures of CDNOW."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour import EventSet, Period, build_event_set
from metrics.behaviour.lifecycle import find_presence
from metrics.behaviour.rfm import RfmSegment, score_rfm

DAY_US = 86_400_000_000
CALIBRATION_ENDS = dt.date(1997, 9, 30)


def events_of(log: list[tuple[str, int, str, int]]) -> EventSet:
    table = pa.table(
        {
            "u": pa.array([row[0] for row in log], pa.string()),
            "t": pa.array([row[1] * DAY_US for row in log], pa.timestamp("us")),
            "e": pa.array([row[2] for row in log], pa.string()),
            "v": pa.array([row[3] for row in log], pa.int64()),
        }
    )
    return build_event_set(table, entity="u", time="t", event="e", value="v")


@settings(max_examples=80, deadline=None)
@given(
    log=st.lists(
        st.tuples(st.sampled_from("uvwxyz"), st.integers(0, 9), st.sampled_from("bx"), st.integers(-3, 40)), max_size=20
    ),
    until=st.integers(2, 9),
)
def test_scores_equal_shares_counted_one_by_one(log: list[tuple[str, int, str, int]], until: int) -> None:
    events = events_of(log)
    bought = defaultdict(list)
    for who, day, event, value in log:
        if event == "b" and day <= until:
            bought[who].append((day, value))
    if not bought:
        with pytest.raises(InvalidError, match="came before"):
            score_rfm(events, ["b"], until=until * DAY_US)
        return
    found = score_rfm(events, ["b"], until=until * DAY_US)
    names = [events.entities[int(one)].as_py() for one in found.entities]
    assert sorted(names) == sorted(bought)
    recency = {who: until - max(day for day, _ in one) for who, one in bought.items()}
    money = {who: sum(value for _, value in one) for who, one in bought.items()}

    def score(worse: int) -> int:
        return 1 + 5 * worse // len(bought)

    assert found.amounts is not None
    assert found.amount_score is not None
    for at, who in enumerate(names):
        assert (found.recency_days[at], found.frequency[at]) == (recency[who], len(bought[who]))
        assert found.amounts[at] == money[who]
        assert found.recency_score[at] == score(sum(one > recency[who] for one in recency.values()))
        assert found.frequency_score[at] == score(sum(len(one) < len(bought[who]) for one in bought.values()))
        assert found.amount_score[at] == score(sum(one < money[who] for one in money.values()))
    assert sum(found.sizes().values()) == len(bought)


def test_segments_stand_on_the_grid_of_recency_and_frequency() -> None:
    # Five entities, who bought 1 to 5 times; the more often, the longer ago.
    log = [(f"u{times}", 9 - times, "b", 1) for times in range(1, 6) for _ in range(times)]
    found = score_rfm(events_of(log), None, until=9 * DAY_US)
    assert found.segments == (
        RfmSegment.NEW, RfmSegment.POTENTIAL_LOYALISTS, RfmSegment.NEED_ATTENTION, RfmSegment.AT_RISK,
        RfmSegment.CANNOT_LOSE,
    )  # fmt: skip
    assert found.members(RfmSegment.CANNOT_LOSE) == [4]


def test_cdnow_repeat_purchases_of_39_weeks_are_the_published_ones(shared_data: Path) -> None:
    lines = (shared_data / "cdnow" / "CDNOW_sample.txt").read_text().split("\n")
    sales = [line.split() for line in lines if line.strip()]
    days = [dt.datetime.strptime(one[2], "%Y%m%d").date() for one in sales]  # noqa: DTZ007
    # The model's unit is the day: several purchases of one day are one.
    kept = dict.fromkeys((one[1], day) for one, day in zip(sales, days, strict=True) if day <= CALIBRATION_ENDS)
    table = pa.table({"customer": [who for who, _ in kept], "day": [day for _, day in kept]})
    events = build_event_set(table, entity="customer", time="day")
    # Fader, Hardie and Lee, Marketing Science 24 (2005): customers by repeat purchases, 0 to 6, and 7 or more.
    presence = find_presence(events, Period.DAY)
    assert presence is not None
    found = Counter(presence.days().tolist())
    counts = [found[repeats + 1] for repeats in range(7)]
    assert [*counts, sum(found.values()) - sum(counts)] == [1411, 439, 214, 100, 62, 38, 29, 64]
    until = (CALIBRATION_ENDS - dt.date(1970, 1, 1)).days * DAY_US
    scores = score_rfm(events, None, until=until)
    with (shared_data / "cdnow" / "cdnow_customers_summary.csv").open(newline="") as file:
        published = {int(row["ID"]): row for row in csv.DictReader(file)}
    assert len(published) == scores.entities.size == 2357
    for at, entity in enumerate(scores.entities.tolist()):
        row = published[int(events.entities[entity].as_py())]
        assert scores.frequency[at] - 1 == int(row["frequency"])
        # Weeks from the first purchase to the last, and from the first to the end: the rest is our recency.
        since_last = float(row["T"]) - float(row["recency"])
        assert scores.recency_days[at] == pytest.approx(7 * since_last, abs=0.11)
