"""Weekly chances of open deals: to be won, to be lost, to change stage, to get another close date.

Winning and losing compete: a deal can only do one of the two. A chance is a rate of the stage, pooled in four levels
(all deals, the stage, how near the close date is, which kind of deal), times factors: for the weeks in the stage and
the week of the quarter, by kind, for the owner and for each trait. Every rate and factor is a gamma posterior around
the one above it, so a tenant with thirty deals gets nearly the rate of all its deals, and one with thousands its own
(Bühlmann and Straub, 1970).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.deals.exposure import AGE_CLASSES, DUE_CLASSES, SEASON_CLASSES, Exposure, age_class, due_class
from forecasting.deals.history import NO_DAY, DealHistory, Flags
from forecasting.series import Floats, Integers

# So many events of its own weigh as much as what is known from the level above.
_RATE_PRIOR, _FACTOR_PRIOR = 3.0, 10.0
_ROUNDS = 6
# A week counts half as much as one a year later.
_HALF_LIFE_DAYS = 365.0
_MOST = 0.98
_FEWEST_DATES, _USUAL_DAYS = 20, 30
_USUAL_SPREAD, _LEAST_SPREAD = 0.15, 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rate:
    """A weekly chance: a table by kind, stage and due class; factors by kind, stage and age, and by kind and season."""

    table: Floats
    age: Floats
    season: Floats
    owner: Floats
    traits: Mapping[str, Floats]

    def of_deals(self, owner: Integers, traits: Mapping[str, Integers]) -> Floats:
        """The factor of what a deal is and whose, which does not change from week to week."""
        found: Floats = self.owner[owner]
        for name, factors in self.traits.items():
            found = found * factors[traits[name]]
        return found

    def of_week(self, kind: Integers, stage: Integers, age: Integers, due: Integers, season: Integers | int) -> Floats:
        """The chance in a week of the quarter, before the factor of the deal."""
        found: Floats = self.table[kind, stage, due] * self.age[kind, stage, age] * self.season[kind, season]
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hazards:
    """All of a tenant. `kind` is the trait that tells deals apart most.

    `moves` are the cumulative chances of the stage moved to by kind and stage, `dates` the days ahead of new close
    dates by kind, stage and due class. A deal that enters a stage gets a new date with the chance `sharpened` by kind
    and new stage, out of `sharp_dates`; `redate` is of the others. Amounts grow by the factor `drift` a week while a
    deal is open, and by `growth` in the week it is won, by kind. `spread` is by how much whole quarters differ beyond
    chance.
    """

    win: Rate
    lose: Rate
    move: Rate
    redate: Rate
    kind: str
    moves: Floats
    dates: Mapping[tuple[int, int, int], Integers]
    sharpened: Floats
    sharp_dates: Mapping[tuple[int, int, int], Integers]
    drift: Floats
    growth: Floats
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Weeks:
    """The exposures with their classes."""

    weight: Floats
    kind: Integers
    stage: Integers
    age: Integers
    due: Integers
    season: Integers
    owner: Integers
    traits: Mapping[str, Integers]


def fit_hazards(history: DealHistory, exposure: Exposure, today: int) -> Hazards:
    """The chances as they are known from the weeks that are over."""
    row, after = exposure.row, exposure.after
    is_won, is_lost = history.is_won(after), ~history.is_won(after) & ~history.is_open(after)
    is_moved = ~is_won & ~is_lost & (history.stage[after] != history.stage[row])
    is_redated = ~is_won & ~is_lost & (history.close[after] != history.close[row])
    kind = _telling_trait(history, row, is_won)
    entered = history.stage_days()[row]
    weeks = _Weeks(
        weight=0.5 ** ((today - exposure.end) / _HALF_LIFE_DAYS),
        kind=history.traits[kind][row] if kind else np.zeros(row.size, np.int64),
        stage=history.stage[row],
        age=age_class((exposure.begin - entered) // 7),
        due=due_class(days_until(history.close[row], exposure.begin)),
        season=exposure.season,
        owner=history.owner[row],
        traits={name: codes[row] for name, codes in history.traits.items() if name != kind},
    )
    shape = (_size(history.traits[kind]) if kind else 1, len(history.stages), DUE_CLASSES)
    win = _fit(weeks, is_won, shape, len(history.owners))
    changed = is_redated & (history.close[after] > NO_DAY)
    ahead = history.close[after] - exposure.end
    entered_stage = replace(weeks, stage=history.stage[after])
    return Hazards(
        win=win,
        lose=_fit(weeks, is_lost, shape, len(history.owners)),
        move=_fit(weeks, is_moved, shape, len(history.owners)),
        redate=_fit(weeks, is_redated & ~is_moved, shape, len(history.owners), ~is_moved),
        kind=kind,
        moves=_moves(weeks, is_moved, history.stage[after], shape),
        dates=_dates(weeks, changed & ~is_moved, ahead, shape),
        sharpened=_sharpened(entered_stage, is_moved, is_redated, shape),
        sharp_dates=_dates(entered_stage, changed & is_moved, ahead, shape),
        drift=_growth(weeks, ~is_won & ~is_lost, history.amount[row], history.amount[after], shape[0]),
        growth=_growth(weeks, is_won, history.amount[row], history.amount[after], shape[0]),
        spread=_spread(weeks, win, is_won, exposure),
    )  # fmt: skip


def days_until(close: Integers, day: Integers | int) -> Integers:
    """The days until a close date, NO_DAY where there is none."""
    return np.where(close <= NO_DAY, NO_DAY, close - day)


def _size(codes: Integers) -> int:
    return int(codes.max(initial=0)) + 1


def _telling_trait(history: DealHistory, row: Integers, is_won: Flags) -> str:
    """The trait whose members' chances of winning in a stage differ most, by likelihood; empty where there is none."""
    stages = len(history.stages)
    found = {}
    for name, codes in history.traits.items():
        cells = codes[row] * stages + history.stage[row]
        wins = np.asarray(np.bincount(cells, is_won), np.float64)
        weeks = np.asarray(np.bincount(cells), np.float64)
        found[name] = _likelihood(wins, weeks) - np.count_nonzero(weeks)
    return max(sorted(found), key=found.__getitem__, default="")


def _likelihood(events: Floats, size: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events / size
        parts = events * np.log(share) + (size - events) * np.log1p(-share)
    return float(np.nansum(parts))


def _fit(
    weeks: _Weeks, is_event: Flags, shape: tuple[int, int, int], owners: int, at_risk: Flags | None = None
) -> Rate:
    weight = weeks.weight if at_risk is None else weeks.weight * at_risk
    events = weight * is_event
    rate = _pooled(events, weight, weeks, shape)
    kinds, stages, _ = shape
    aged, timed = (kinds, stages, AGE_CLASSES), (kinds, SEASON_CLASSES)
    levels = {
        "age": (np.ravel_multi_index((weeks.kind, weeks.stage, weeks.age), aged), int(np.prod(aged))),
        "season": (np.ravel_multi_index((weeks.kind, weeks.season), timed), int(np.prod(timed))),
        "owner": (weeks.owner, owners),
    }
    levels |= {f"trait:{name}": (codes, _size(codes)) for name, codes in weeks.traits.items()}
    factors = {name: np.ones(size) for name, (_, size) in levels.items()}
    cells = np.ravel_multi_index((weeks.kind, weeks.stage, weeks.due), shape)
    for _ in range(_ROUNDS):
        expected = weight * rate.ravel()[cells]
        for name, (codes, _) in levels.items():
            expected = expected * factors[name][codes]
        # The factors moved what each cell expects, so its rate is set against what was seen in it again.
        step = _step(events, expected, cells, rate.size, _RATE_PRIOR)
        rate = rate * step.reshape(shape)
        expected = expected * step[cells]
        for name, (codes, size) in levels.items():
            step = _step(events, expected, codes, size, _FACTOR_PRIOR)
            factors[name] *= step
            expected = expected * step[codes]
    total = expected.sum()
    level = events.sum() / total if total > 0 else 1.0
    return Rate(
        table=rate * level,
        age=factors["age"].reshape(aged),
        season=factors["season"].reshape(timed),
        owner=factors["owner"],
        traits={name: factors[f"trait:{name}"] for name in weeks.traits},
    )


def _step(events: Floats, expected: Floats, codes: Integers, size: int, prior: float) -> Floats:
    """By how much each level saw more events than expected, drawn towards 1."""
    seen, thought = np.bincount(codes, events, size), np.bincount(codes, expected, size)
    found: Floats = (seen + prior) / (thought + prior)
    return found


def _pooled(events: Floats, weight: Floats, weeks: _Weeks, shape: tuple[int, int, int]) -> Floats:
    """The rate by kind, stage and due class, each level drawn towards the one above it."""
    kinds, stages, dues = shape
    whole = max(float(events.sum() / weight.sum()) if weight.sum() > 0 else 0.0, 1e-6)
    by_stage = _drawn(events, weight, weeks.stage, stages, np.full(stages, whole))
    by_due = _drawn(events, weight, weeks.stage * dues + weeks.due, stages * dues, np.repeat(by_stage, dues))
    cells = (weeks.kind * stages + weeks.stage) * dues + weeks.due
    found = _drawn(events, weight, cells, kinds * stages * dues, np.tile(by_due, kinds))
    return found.reshape(shape)


def _drawn(events: Floats, weight: Floats, cells: Integers, size: int, above: Floats) -> Floats:
    seen, exposed = np.bincount(cells, events, size), np.bincount(cells, weight, size)
    found: Floats = (seen + _RATE_PRIOR) / (exposed + _RATE_PRIOR / above)
    return found


def _moves(weeks: _Weeks, is_moved: Flags, after: Integers, shape: tuple[int, int, int]) -> Floats:
    """Where deals go that change their stage, by kind and stage, drawn towards where those of all kinds go."""
    kinds, stages, _ = shape
    cells = (weeks.kind * stages + weeks.stage) * stages + after
    counts = np.bincount(cells[is_moved], weeks.weight[is_moved], kinds * stages * stages)
    own = counts.reshape(kinds, stages, stages)
    everybody = own.sum(axis=0) + 1e-9 * (1 - np.eye(stages))
    share = everybody / everybody.sum(axis=1, keepdims=True)
    drawn = own + _RATE_PRIOR * share
    found: Floats = np.cumsum(drawn / drawn.sum(axis=2, keepdims=True), axis=2)
    return found


def _sharpened(weeks: _Weeks, is_moved: Flags, is_redated: Flags, shape: tuple[int, int, int]) -> Floats:
    """The chance that a deal entering a stage gets a new close date, by kind and stage."""
    kinds, stages, _ = shape
    cells, size = weeks.kind * stages + weeks.stage, kinds * stages
    weight = weeks.weight * is_moved
    seen, moved = np.bincount(cells, weight * is_redated, size), np.bincount(cells, weight, size)
    whole = seen.sum() / moved.sum() if moved.sum() else 0.0
    found: Floats = ((seen + _RATE_PRIOR * whole) / (moved + _RATE_PRIOR)).reshape(kinds, stages)
    return found


def _dates(
    weeks: _Weeks, changed: Flags, ahead: Integers, shape: tuple[int, int, int]
) -> dict[tuple[int, int, int], Integers]:
    """How far ahead new close dates lie, by kind, stage and class of the old one; of ever more deals where few did."""
    kind, stage, due, days = (one[changed] for one in (weeks.kind, weeks.stage, weeks.due, ahead))
    everything = days if days.size else np.array([_USUAL_DAYS], np.int64)
    found = {}
    for cell in np.ndindex(*shape):
        is_due = due == cell[2]
        is_stage = is_due & (stage == cell[1])
        choices = (days[is_stage & (kind == cell[0])], days[is_stage], days[is_due])
        found[cell] = next((one for one in choices if one.size >= _FEWEST_DATES), everything)
    return found


def _growth(weeks: _Weeks, counts: Flags, before: Floats, after: Floats, kinds: int) -> Floats:
    """By how much amounts grow in a week, by kind; 1 where nothing is known."""
    was = np.bincount(weeks.kind[counts], (weeks.weight * before)[counts], kinds)
    now = np.bincount(weeks.kind[counts], (weeks.weight * after)[counts], kinds)
    return np.divide(now, was, out=np.ones(kinds), where=(was > 0) & (now > 0))


def _spread(weeks: _Weeks, win: Rate, is_won: Flags, exposure: Exposure) -> float:
    """How much whole quarters differ beyond chance: the deviation of the logarithm of won over expected."""
    thought = win.of_week(weeks.kind, weeks.stage, weeks.age, weeks.due, weeks.season)
    thought = thought * win.of_deals(weeks.owner, weeks.traits)
    block = (exposure.end.max(initial=0) - exposure.end) // 91
    seen, expected = np.bincount(block, is_won), np.bincount(block, thought)
    known = seen >= 5
    if known.sum() < 3:
        return _USUAL_SPREAD
    logs = np.log(seen[known] / expected[known])
    return float(np.sqrt(max(logs.var(ddof=1) - float((1 / seen[known]).mean()), _LEAST_SPREAD**2)))


def competing(chances: Sequence[Floats]) -> list[Floats]:
    """Chances that exclude each other, scaled down where they add up to more than a week can hold."""
    total = np.sum(chances, axis=0)
    scale = np.where(total > _MOST, _MOST / np.maximum(total, 1e-12), 1.0)
    return [one * scale for one in chances]
