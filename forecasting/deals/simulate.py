"""Deals walked forward week by week, many times over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.deals.calendar import Quarter
from forecasting.deals.exposure import age_class, due_class, season_class
from forecasting.deals.hazards import Hazards, Rate, competing
from forecasting.deals.history import NO_DAY, DealHistory
from forecasting.series import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A week ahead: its last day, its days, its class, and the place of its quarter."""

    end: int
    days: int
    season: int
    quarter: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walkers:
    """What walks: a deal in one of the runs. `win` and `redate` hold every factor that does not change on the way."""

    kind: Integers
    stage: Integers
    age_days: Integers
    due: Integers
    start: Integers
    win: Floats
    lose: Floats
    move: Floats
    redate: Floats


def steps_ahead(today: int, quarters: Sequence[Quarter]) -> list[Step]:
    """The weeks after today until the end of the last of these quarters."""
    found, begin = list[Step](), today
    for place, quarter in enumerate(quarters):
        for left, end in zip(range(12, -1, -1), quarter.ends(), strict=True):
            if end > begin:
                found.append(Step(end=end, days=end - begin, season=season_class(left), quarter=place))
                begin = end
    return found


def walkers_of(history: DealHistory, hazards: Hazards, rows: Integers, day: Integers | int, runs: int) -> Walkers:
    """Each of these rows of the history, `runs` times over, as the deal was on a day."""
    traits = {name: codes[rows] for name, codes in history.traits.items() if name != hazards.kind}
    owner = history.owner[rows]
    close, entered = history.close[rows], history.stage_days()[rows]

    def many(values: Integers) -> Integers:
        return np.repeat(values, runs)

    def factors(rate: Rate) -> Floats:
        return np.repeat(rate.of_deals(owner, traits), runs)

    kind = history.traits[hazards.kind][rows] if hazards.kind else np.zeros(rows.size, np.int64)
    return Walkers(
        kind=many(kind),
        stage=many(history.stage[rows]),
        age_days=many(np.maximum(day - entered, 0)),
        due=many(np.where(close <= NO_DAY, NO_DAY, close - day)),
        start=np.zeros(rows.size * runs, np.int64),
        win=factors(hazards.win),
        lose=factors(hazards.lose),
        move=factors(hazards.move),
        redate=factors(hazards.redate),
    )


def walk(walkers: Walkers, hazards: Hazards, steps: Sequence[Step], random: np.random.Generator) -> Integers:
    """The step in which each walker is won, -1 where it is not."""
    won = np.full(walkers.stage.size, -1, np.int64)
    stage, age, due = walkers.stage.copy(), walkers.age_days.copy(), walkers.due.copy()
    alive = np.zeros(0, np.int64)
    for place, step in enumerate(steps):
        alive = np.concatenate([alive, np.flatnonzero(walkers.start == place)])
        classes = (walkers.kind[alive], stage[alive], age_class(age[alive] // 7), due_class(due[alive]), step.season)
        share = min(step.days / 7, 1.2)
        win, lose, move = competing(
            [
                hazards.win.of_week(*classes) * walkers.win[alive] * share,
                hazards.lose.of_week(*classes) * walkers.lose[alive] * share,
                hazards.move.of_week(*classes) * walkers.move[alive] * share,
            ]
        )
        point = random.random(alive.size)
        is_won = point < win
        won[alive[is_won]] = place
        stays = point >= win + lose
        is_moved = stays & (point < win + lose + move)
        chance = hazards.redate.of_week(*classes) * share
        redated = stays & ~is_moved & (random.random(alive.size) < chance * walkers.redate[alive])
        due[alive] = np.where(due[alive] <= NO_DAY, NO_DAY, due[alive] - step.days)
        age[alive] += step.days
        _redate(
            alive[redated], [one[redated] for one in (classes[0], classes[1], classes[3])], due, hazards.dates, random
        )
        moved = alive[is_moved]
        _move(moved, walkers.kind, stage, age, hazards, random)
        sharp = random.random(moved.size) < hazards.sharpened[walkers.kind[moved], stage[moved]]
        cells = [walkers.kind[moved][sharp], stage[moved][sharp], classes[3][is_moved][sharp]]
        _redate(moved[sharp], cells, due, hazards.sharp_dates, random)
        alive = alive[stays]
    return won


def _move(
    moved: Integers, kind: Integers, stage: Integers, age: Integers, hazards: Hazards, random: np.random.Generator
) -> None:
    target = (random.random(moved.size)[:, None] > hazards.moves[kind[moved], stage[moved]]).sum(axis=1)
    stage[moved] = np.minimum(target, hazards.moves.shape[2] - 1)
    age[moved] = 0


def _redate(
    redated: Integers,
    cells: Sequence[Integers],
    due: Integers,
    dates: Mapping[tuple[int, int, int], Integers],
    random: np.random.Generator,
) -> None:
    """New close dates, drawn for all walkers of a cell at once."""
    shape = [int(one.max(initial=0)) + 1 for one in cells]
    place = np.ravel_multi_index(tuple(cells), shape)
    order = np.argsort(place, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(place[order]) > 0)) if order.size else order
    for group in np.split(order, begins[1:]):
        if group.size:
            kind, stage, class_ = (int(one[group[0]]) for one in cells)
            due[redated[group]] = random.choice(dates[kind, stage, class_], group.size)
