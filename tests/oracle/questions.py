"""Random questions to a world: most of them can be answered, some cannot."""

import datetime as dt
from dataclasses import replace
from random import Random

from tests.oracle.arithmetic import names_of
from tests.oracle.conditions import MOMENTS, make_condition
from tests.oracle.reaching import paths
from tests.oracle.readers import make_reader
from tests.oracle.world import Condition, Model, Question, World

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Kiritimati",
)  # fmt: skip
GRAINS = (
    "hour", "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "retail_month",
    "season", "season",
)  # fmt: skip
RANGES = (
    "today", "yesterday", "this month", "last 3 weeks", "last quarter", "year to date", "last 2 fiscal quarters",
    "this retail month", "fiscal year to date", "last 12 months", "last 20 days", "last 2 retail months",
    "this season", "last 2 seasons", "season to date",
)  # fmt: skip
COMPARISONS = (
    "prior_period",
    "prior_year",
    "same_weekday",
    "1 month",
    "10 days",
    "2 quarters",
    "1 year",
    "3 weeks",
    "target",
)
# A range of days or hours is no longer than this where every period of it is looked at.
FEW_DAYS = 40


def make_question(random: Random, world: World) -> Question:
    """One question."""
    metrics = _metrics(random, world)
    homes = list(dict.fromkeys(model for metric in metrics for model in _counted(world, metric)))
    names = _names(random, world, homes)
    by = (
        tuple(dict.fromkeys(random.choice(names)[0] for _ in range(random.choice((0, 0, 1, 1, 2, 3))))) if names else ()
    )
    is_timed = random.random() < 0.1 or all(_has_time(world, metric) for metric in metrics)
    question = Question(
        metrics=metrics,
        by=by,
        grain=random.choice(GRAINS) if is_timed and random.random() < 0.6 else None,
        start=None,
        end=None,
        where=_where(random, names),
        order=_order(random, world, metrics),
        limit=random.choice((1, 2, 5)) if random.random() < 0.15 else None,
        zone=random.choice(ZONES),
        week_start=random.randrange(7),
        fiscal_start=random.choice((1, 1, 2, 4, 7, 12)),
        today=_day(random) if random.random() < 0.9 else None,
        has_totals=bool(by) and random.random() < 0.2,
        top=random.choice((1, 2, 3))
        if by and world.home_of(metrics[0]).metrics[metrics[0]].is_exact and random.random() < 0.2
        else None,
        reader=make_reader(random, world) if random.random() < 0.25 else None,
        seasons=_seasons(random),
    )
    return _with_options(random, world, question, is_timed=is_timed)


def _with_options(random: Random, world: World, question: Question, *, is_timed: bool) -> Question:
    definitions = [world.home_of(metric).metrics[metric] for metric in question.metrics]
    if is_timed:
        question = _with_range(random, question)
        if all(one.is_comparable for one in definitions) and random.random() < 0.35:
            question = replace(question, compare=tuple(random.sample(COMPARISONS, random.choice((1, 1, 2)))))
        if question.grain is not None and random.random() < 0.25:
            question = replace(question, is_filled=True)
    exact = [(one.name, _family(one.type)) for one in definitions if one.is_exact]
    keys = [("period", "date")] if question.grain not in {None, "hour"} else []
    keys += [("total", "integer")] if question.has_totals else []
    if exact + keys and random.random() < 0.15:
        question = replace(question, having=make_condition(random, exact + keys, 1))
    return question


def _with_range(random: Random, question: Question) -> Question:
    """A range in days or in words; periods that are looked at one by one are not too many."""
    if question.today is not None and random.random() < 0.3:
        return replace(question, range=random.choice(RANGES))
    start, end = _range(random)
    if start is not None and question.grain in {"day", "hour", "week"}:
        end = min(end or dt.date.max, start + dt.timedelta(days=random.randint(0, FEW_DAYS)))
    return replace(question, start=start, end=end)


def _seasons(random: Random) -> tuple[tuple[dt.date, str], ...]:
    """Seasons of any length over the years of the data; now and then one comes twice in a row, or a day is missing."""
    day, end = dt.date(2016, 1, 1) + dt.timedelta(days=random.randint(0, 60)), dt.date(2026, 1, 1)
    days = []
    while day < end:
        name = random.choice("abcd")
        for _ in range(random.choice((1, 5, 28, 35, 90, 200))):
            days.append((day, name))
            day += dt.timedelta(days=1)
    for _ in range(random.choice((0, 0, 0, 1, 4))):
        del days[random.randrange(len(days))]
    random.shuffle(days)
    return tuple(days)


def _day(random: Random) -> dt.date:
    return random.choice(MOMENTS).date() + dt.timedelta(days=random.randint(-20, 20))


def _family(type_: str) -> str:
    return {"number": "decimal"}.get(type_, type_)


def _metrics(random: Random, world: World) -> tuple[str, ...]:
    model = random.choice(list(world.models.values()))
    everything = [name for other in world.models.values() for name in other.metrics]
    own = list(model.metrics)
    chosen = [random.choice(own if random.random() < 0.7 else everything) for _ in range(random.choice((1, 1, 2, 3)))]
    return tuple(dict.fromkeys(chosen))


def _counted(world: World, metric: str) -> list[Model]:
    """The models whose rows a metric counts."""
    home = world.home_of(metric)
    found: list[Model] = []
    definition = home.metrics[metric]
    for name in (definition.meaning(name).of for name in names_of(definition.formula)):
        found += [home] if name in home.measures else _counted(world, name)
    return found


def _has_time(world: World, metric: str) -> bool:
    home = world.home_of(metric)
    definition = home.metrics[metric]
    names = [definition.meaning(name).of for name in names_of(definition.formula)]
    is_own = any(name in home.measures for name in names)
    others = [name for name in names if name not in home.measures]
    return (home.metrics[metric].time is not None or not is_own) and all(_has_time(world, name) for name in others)


def _names(random: Random, world: World, homes: list[Model]) -> list[tuple[str, str]]:
    """Names of dimensions with their types: mostly such as the models share, in short and in long."""
    names: list[tuple[str, str]] = []
    for model in homes:
        for path, end in paths(world, model, ()):
            way = [join.name for join in path]
            for dimension in end.dimensions.values():
                tail = way[random.randint(0, len(way)) :] if random.random() < 0.3 else way
                names.append((".".join([*tail, dimension.name]), dimension.type))
    shared = [name for name in names if names.count(name) >= len(homes) and "." not in name[0]]
    return shared if shared and len(homes) > 1 and random.random() < 0.8 else names


def _range(random: Random) -> tuple[dt.date | None, dt.date | None]:
    chance = random.random()
    if chance < 0.5:
        return None, None
    days = sorted(random.choice(MOMENTS).date() + dt.timedelta(days=random.randint(-1, 1)) for _ in range(2))
    if chance < 0.7:
        return days[0], None
    return (None, days[1]) if chance < 0.8 else (days[0], days[1])


def _where(random: Random, names: list[tuple[str, str]]) -> Condition | None:
    return make_condition(random, names) if names and random.random() < 0.5 else None


def _order(random: Random, world: World, metrics: tuple[str, ...]) -> tuple[str, bool] | None:
    exact = [name for name in metrics if world.home_of(name).metrics[name].is_exact]
    return (random.choice(exact), random.random() < 0.5) if exact and random.random() < 0.3 else None
