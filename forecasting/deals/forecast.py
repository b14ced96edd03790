"""What will be booked this quarter and the next: a distribution from the deals themselves.

Three parts add up: what is won already, what open deals bring (each walked forward many times), and what deals bring
that are not created yet (recent ones, arriving as often as lately). Beside it stand two plain forecasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.deals.calendar import Quarter, quarter_of
from forecasting.deals.exposure import expose
from forecasting.deals.hazards import Hazards, fit_hazards
from forecasting.deals.history import DealHistory, require_deals
from forecasting.deals.simulate import Step, Walkers, steps_ahead, walk, walkers_of
from forecasting.series import Floats, Integers

RUNS = 400
LEVEL = 90
_RECENT_DAYS = 91
_DRAWN_FROM_DAYS = 182
_POOL = 400
_FEWEST_NEW = 10
_LEAST_CHANGE = 0.05
# The trait that every history has, and where its classes meet.
_SIZE, _SIZES = "size of the amount", (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Factors a reader tries: on the chance to win, on the deals still to come, on how often dates are put off."""

    win: float = 1.0
    new: float = 1.0
    slip: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuarterForecast:
    """Bookings of a quarter. `runs` are the totals of all runs in ascending order; the means of the parts add up to
    `mean`. The plain forecasts are None where there is too little history."""

    quarter: Quarter
    won: float
    from_open: float
    from_new: float
    runs: Floats
    stage_weighted: float
    seasonal_naive: float | None

    @property
    def mean(self) -> float:
        """What is expected."""
        return float(self.runs.mean())

    def quantile(self, share: float) -> float:
        """What a share of the runs stays below."""
        return float(np.quantile(self.runs, share))

    @property
    def lo(self) -> float:
        """The lower end of the interval."""
        return self.quantile((100 - LEVEL) / 200)

    @property
    def hi(self) -> float:
        """The upper end of the interval."""
        return self.quantile((100 + LEVEL) / 200)

    def chance_of(self, target: float) -> float:
        """The share of runs that reach a target."""
        return float((self.runs >= target).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class DealChance:
    """An open deal and the chance that it is won in each of the quarters."""

    deal: object
    amount: float
    stage: str
    owner: str
    close: int
    chances: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealForecast:
    """The forecast as of the end of a day. `kind` is the trait by which chances differ most."""

    day: int
    quarters: tuple[QuarterForecast, ...]
    deals: tuple[DealChance, ...]
    kind: str
    spread: float


def forecast_deals(
    history: DealHistory,
    day: int,
    *,
    fiscal_start_month: int = 1,
    runs: int = RUNS,
    ahead: int = 2,
    what_if: WhatIf | None = None,
    seed: int = 0,
) -> DealForecast:
    """The forecast of the quarter after a day and those that follow, from what was known at its end.

    Rows after that day are taken out first, so nothing that happened later can be in it. Raises RefusedError.
    """
    known = history.until(day)
    require_deals(known)
    known = _with_size(known)
    tried = what_if or WhatIf()
    quarters = [quarter_of(day + 1, fiscal_start_month)]
    while len(quarters) < ahead:
        quarters.append(quarter_of(quarters[-1].last + 1, fiscal_start_month))
    hazards = fit_hazards(known, expose(known, day, fiscal_start_month), day)
    random = np.random.default_rng(seed)
    steps = steps_ahead(day, quarters)
    rows = known.rows_at(day)
    rows = rows[known.is_open(rows)]
    mood = np.exp(random.normal(-(hazards.spread**2) / 2, hazards.spread, runs))
    walkers = walkers_of(known, hazards, rows, day, runs)
    won = walk(_tried(walkers, tried, np.tile(mood, rows.size)), hazards, steps, random).reshape(rows.size, runs)
    place = np.array([step.quarter for step in steps])
    at = np.where(won >= 0, place[won], -1)
    kinds = walkers.kind.reshape(rows.size, runs)[:, 0]
    amounts = _at_win(known.amount[rows][:, None], kinds[:, None], won, hazards)
    new = _new_deals(known, hazards, day, steps, runs, mood, tried, random)
    found = tuple(
        _quarter(known, day, quarter, ((at == number) * amounts).sum(axis=0), new[number], fiscal_start_month)
        for number, quarter in enumerate(quarters)
    )
    chances = np.stack([(at == number).mean(axis=1) for number in range(len(quarters))], axis=1)
    return DealForecast(
        day=day,
        quarters=found,
        deals=tuple(_chance(known, row, one) for row, one in zip(rows, chances, strict=True)),
        kind=hazards.kind,
        spread=hazards.spread,
    )


def _with_size(known: DealHistory) -> DealHistory:
    """The history with a trait more: in which quarter of all amounts a deal's amount lies."""
    begins = np.append(True, known.deal[1:] != known.deal[:-1])
    limits = np.quantile(known.amount[begins], _SIZES)
    size = np.searchsorted(limits, known.amount, side="right")
    return replace(known, traits={**known.traits, _SIZE: np.asarray(size, np.int64)})


def _at_win(amounts: Floats, kinds: Integers, weeks: Integers, hazards: Hazards) -> Floats:
    """What deals are worth when they are won after so many weeks."""
    found: Floats = amounts * hazards.growth[kinds] * hazards.drift[kinds] ** np.maximum(weeks, 0)
    return found


def _tried(walkers: Walkers, tried: WhatIf, mood: Floats) -> Walkers:
    return replace(walkers, win=walkers.win * tried.win * mood, redate=walkers.redate * tried.slip)


def _quarter(
    known: DealHistory, day: int, quarter: Quarter, from_open: Floats, from_new: Floats, fiscal: int
) -> QuarterForecast:
    won = known.won_between(quarter.first, min(day, quarter.last)) if day >= quarter.first else 0.0
    return QuarterForecast(
        quarter=quarter,
        won=won,
        from_open=float(from_open.mean()),
        from_new=float(from_new.mean()),
        runs=np.sort(won + from_open + from_new),
        stage_weighted=won + stage_weighted(known, day, quarter),
        seasonal_naive=seasonal_naive(known, day, quarter, fiscal),
    )


def _chance(known: DealHistory, row: np.int64, chances: Floats) -> DealChance:
    return DealChance(
        deal=known.deals[int(known.deal[row])],
        amount=float(known.amount[row]),
        stage=known.stages[int(known.stage[row])],
        owner=known.owners[int(known.owner[row])],
        close=int(known.close[row]),
        chances=tuple(float(one) for one in chances),
    )


def _new_deals(
    known: DealHistory,
    hazards: Hazards,
    day: int,
    steps: Sequence[Step],
    runs: int,
    mood: Floats,
    tried: WhatIf,
    random: np.random.Generator,
) -> Floats:
    """What deals bring that are created after a day, by quarter and run."""
    quarters = steps[-1].quarter + 1
    begins = np.flatnonzero(np.append(True, known.deal[1:] != known.deal[:-1]))
    created = known.day[begins]
    recent = begins[created > day - _DRAWN_FROM_DAYS]
    found = np.zeros((quarters, runs))
    if recent.size < _FEWEST_NEW:
        return found
    a_day = float((created > day - _RECENT_DAYS).sum()) / _RECENT_DAYS * tried.new
    level = np.exp(random.normal(0.0, _change_of_level(created, day), runs)) * mood * tried.win
    drawn = random.choice(recent, _POOL * len(steps))
    # Half of what comes in a week comes too late to be decided in it.
    entry = np.repeat(np.arange(len(steps)), _POOL)
    walkers = walkers_of(known, hazards, drawn, known.day[drawn], 1)
    start = entry + (random.random(entry.size) < 0.5)
    won = walk(_starting(walkers, start, tried), hazards, steps, random)
    place = np.array([step.quarter for step in steps])
    at = np.where(won >= 0, place[won], -1)
    amounts = _at_win(known.amount[drawn], walkers.kind, won - entry, hazards)
    for number, step in enumerate(steps):
        counts = random.poisson(a_day * step.days * level)
        picks = random.integers(_POOL, size=int(counts.sum())) + number * _POOL
        run = np.repeat(np.arange(runs), counts)
        for quarter in range(quarters):
            found[quarter] += np.bincount(run, (amounts * (at == quarter))[picks], runs)
    return found


def _starting(walkers: Walkers, start: Integers, tried: WhatIf) -> Walkers:
    return replace(walkers, start=start, redate=walkers.redate * tried.slip)


def _change_of_level(created: Integers, day: int) -> float:
    """How much the number of new deals changes from one quarter of a year to the next, as a deviation of logarithms."""
    blocks = np.bincount((day - created) // _RECENT_DAYS)
    whole = blocks[: (day - int(created.min())) // _RECENT_DAYS]
    whole = whole[whole > 0]
    if whole.size < 3:
        return 0.2
    return max(float(np.diff(np.log(whole)).std()), _LEAST_CHANGE)


def stage_weighted(known: DealHistory, day: int, quarter: Quarter) -> float:
    """The usual forecast: open deals due by the quarter's end, each by the share of its stage that was won so far."""
    rows = known.rows_at(day)
    is_open = known.is_open(rows)
    ended = np.zeros(len(known.deals), np.int64)
    ended[known.deal[rows]] = np.where(is_open, 0, np.where(known.is_won(rows), 2, 1))
    through = np.unique(known.deal * len(known.stages) + known.stage)
    deals, stages = np.divmod(through, len(known.stages))
    won = np.bincount(stages, ended[deals] == 2, len(known.stages))
    closed = np.bincount(stages, ended[deals] > 0, len(known.stages))
    rate = np.divide(won, closed, out=np.zeros(len(known.stages)), where=closed > 0)
    first = quarter.first if day < quarter.first else -(2**39)
    due = rows[is_open & (known.close[rows] <= quarter.last) & (known.close[rows] >= first)]
    return float((known.amount[due] * rate[known.stage[due]]).sum())


def seasonal_naive(known: DealHistory, day: int, quarter: Quarter, fiscal_start_month: int) -> float | None:
    """The same quarter a year ago; the last whole quarter where the history is shorter; None where there is none."""
    begun = int(known.day.min())
    before = [quarter]
    for _ in range(4):
        before.append(quarter_of(before[-1].first - 1, fiscal_start_month))
    for one in (before[4], *before[1:4]):
        if one.first >= begun and one.last <= day:
            return known.won_between(one.first, one.last)
    return None
