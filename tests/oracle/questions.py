"""Random questions to a world: most of them can be answered, some cannot."""

import datetime as dt
from random import Random

from tests.oracle.generator import MOMENTS, make_condition
from tests.oracle.reference import names_of, paths
from tests.oracle.world import Condition, Model, Question, World

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Kiritimati",
)  # fmt: skip
GRAINS = ("day", "week", "month", "quarter", "year")


def make_question(random: Random, world: World) -> Question:
    """One question."""
    metrics = _metrics(random, world)
    homes = list(dict.fromkeys(model for metric in metrics for model in _counted(world, metric)))
    names = _names(random, world, homes)
    by = (
        tuple(dict.fromkeys(random.choice(names)[0] for _ in range(random.choice((0, 0, 1, 1, 2, 3))))) if names else ()
    )
    is_timed = random.random() < 0.1 or all(_has_time(world, metric) for metric in metrics)
    start, end = _range(random) if is_timed else (None, None)
    return Question(
        metrics=metrics,
        by=by,
        grain=random.choice(GRAINS) if is_timed and random.random() < 0.5 else None,
        start=start,
        end=end,
        where=_where(random, names),
        order=_order(random, world, metrics),
        limit=random.choice((1, 2, 5)) if random.random() < 0.15 else None,
        zone=random.choice(ZONES),
        week_start=random.randrange(7),
    )


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
    for name in names_of(home.metrics[metric].formula):
        found += [home] if name in home.measures else _counted(world, name)
    return found


def _has_time(world: World, metric: str) -> bool:
    home = world.home_of(metric)
    names = list(names_of(home.metrics[metric].formula))
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
