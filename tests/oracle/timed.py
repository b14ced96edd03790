"""Random metrics of time: windows, snapshots, conversions, and what the names of a formula stand for."""

from random import Random

from tests.oracle.conditions import TIMES, make_condition
from tests.oracle.world import Following, Meaning, Metric, Model, Window, World

_LENGTHS = ("1 day", "7 days", "4 weeks", "1 month", "3 months", "1 year")
_GRAINS = ("week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "retail_month")
_WITHIN = ("1 day", "30 days", "1 month", "2 quarters", "1 year")
_EXACT = {"count", "count_distinct", "sum", "min", "max", "first", "last"}


def make_timed(random: Random, name: str, model: Model, world: World) -> Metric | None:
    """A cumulative metric, a snapshot or a conversion, where the model has what it needs."""
    times = [one for one, dimension in model.dimensions.items() if dimension.type in TIMES]
    if not times:
        return None
    time = model.time or random.choice(times)
    kind = random.choice(("cumulative", "snapshot", "conversion"))
    if kind == "conversion":
        return _conversion(random, name, model, world, time)
    measure = random.choice(list(model.measures.values()))
    type_ = model.dimensions[time].type
    ends = [one for one in times if model.dimensions[one].type == type_]
    window = _window(random) if kind == "cumulative" else _hold(random, model, ends)
    return Metric(
        name=name,
        kind=kind,
        formula=measure.name,
        time=time,
        type=measure.type,
        is_exact=measure.aggregation in _EXACT,
        is_additive=measure.aggregation in {"count", "sum"},
        is_comparable=True,
        window=window,
    )


def make_meanings(random: Random, names: list[str], model: Model) -> tuple[tuple[str, Meaning], ...]:
    """Some of the names stand for what they say some time before, or over fewer rows."""
    known = model.dimensions.items()
    own = [(name, dimension.type) for name, dimension in known if dimension.type not in {*TIMES, "double"}]
    found = []
    for name in names:
        is_own = name in model.measures or name in model.metrics
        offset = random.choice(_LENGTHS) if model.time and random.random() < 0.15 else None
        where = make_condition(random, own, 1, is_strict=True) if own and is_own and random.random() < 0.15 else None
        if offset or where:
            found.append((name, Meaning(of=name, offset=offset, where=where)))
    return tuple(found)


def _window(random: Random) -> Window:
    chance = random.random()
    if chance < 0.4:
        return Window(length=random.choice(_LENGTHS))
    return Window(grain=random.choice(_GRAINS)) if chance < 0.8 else Window()


def _hold(random: Random, model: Model, times: list[str]) -> Window:
    if model.key and random.random() < 0.5:
        return Window(entity=random.choice(list(model.dimensions)))
    return Window(until=random.choice(times))


def _conversion(random: Random, name: str, model: Model, world: World, time: str) -> Metric | None:
    bases = [measure.name for measure in model.measures.values() if measure.aggregation == "count"]
    type_ = model.dimensions[time].type
    targets = [one for one in world.models.values() if one.time and one.dimensions[one.time].type == type_]
    if not targets:
        return None
    target = random.choice(targets)
    pairs = [
        (ours, theirs)
        for ours, type_ in model.types.items()
        for theirs, other in target.types.items()
        if type_ == other and type_ in {"text", "integer"} and "note" not in {ours, theirs}
    ]
    if not pairs:
        return None
    ours, theirs = random.choice(pairs)
    following = Following(
        model=target.name,
        measure=random.choice(list(target.measures)),
        entity=ours,
        their_entity=theirs,
        within=random.choice(_WITHIN),
    )
    is_rate = random.random() < 0.5
    return Metric(
        name=name,
        kind="conversion",
        formula=random.choice(bases),
        time=time,
        type="number" if is_rate else "integer",
        is_exact=not is_rate,
        is_additive=not is_rate,
        is_comparable=True,
        unit="ratio" if is_rate else None,
        following=following,
        is_rate=is_rate,
    )
