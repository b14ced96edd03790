"""Random metrics of every kind, over models that have their measures."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from tests.oracle.arithmetic import names_of
from tests.oracle.timed import make_meanings, make_timed
from tests.oracle.world import Formula, Metric, Model, Operation, World

_EXACT = {"count", "count_distinct", "sum", "min", "max", "first", "last"}
_NUMBERS = {"integer", "number"}


def add_metrics(random: Random, world: World) -> None:
    """Gives every model metrics. What is made of others is made of those that are there already."""
    known: dict[str, Metric] = {}
    for model in world.models.values():
        for measure in model.measures.values():
            _add(
                model,
                known,
                Metric(
                    name=f"{model.name}_{measure.name}",
                    kind="simple",
                    formula=measure.name,
                    time=_time(random, model),
                    type=measure.type,
                    is_exact=measure.aggregation in _EXACT,
                    is_additive=measure.aggregation in {"count", "sum"},
                    is_comparable=True,
                ),
            )
    for model in world.models.values():
        for number in range(random.randint(1, 4)):
            made = _make(random, f"{model.name}_made_{number}", model, known)
            _add(model, known, _with_target(random, made, known))
        for number in range(random.randint(0, 2)):
            timed = make_timed(random, f"{model.name}_timed_{number}", model, world)
            if timed is not None:
                _add(model, known, _with_target(random, timed, known))


def _with_target(random: Random, metric: Metric, known: dict[str, Metric]) -> Metric:
    """Some have another number as their target."""
    targets = [name for name, other in known.items() if other.type in _NUMBERS and other.is_comparable]
    if metric.type not in _NUMBERS or not targets or random.random() < 0.6:
        return metric
    return replace(metric, target=random.choice(targets))


def _add(model: Model, known: dict[str, Metric], metric: Metric) -> None:
    model.metrics[metric.name] = metric
    known[metric.name] = metric


def _time(random: Random, model: Model) -> str | None:
    times = [name for name, dimension in model.dimensions.items() if dimension.type.startswith(("date", "timestamp"))]
    return random.choice(times) if times and random.random() < 0.2 else model.time


def _make(random: Random, name: str, model: Model, known: dict[str, Metric]) -> Metric:
    usable = _Usable(random, model, known)
    kind = random.choice(("ratio", "ratio", "derived", "derived", "derived", "share", "rank"))
    if kind == "share":
        return Metric(name=name, kind=kind, formula=random.choice(usable.additive), time=model.time)
    if kind == "rank":
        of = random.choice(usable.exact_fixed)
        return Metric(
            name=name, kind=kind, formula=of, time=model.time, type="integer", is_exact=True, is_comparable=True
        )
    if kind == "ratio":
        left = random.choice(usable.all)
        formula: Formula = Operation(sign="/", left=left, right=random.choice(usable.exact))
        unit = "ratio" if random.random() < 0.5 else None
        is_comparable = left in usable.exact
        return Metric(name=name, kind=kind, formula=formula, time=model.time, unit=unit, is_comparable=is_comparable)
    if random.random() < 0.3:
        formula, is_additive = usable.linear(2), True
    else:
        formula, is_additive = usable.any(3), False
        while not any(names_of(formula)):
            formula = usable.any(3)
    meanings = make_meanings(random, list(dict.fromkeys(names_of(formula))), model)
    return Metric(name=name, kind=kind, formula=formula, time=model.time, is_additive=is_additive, meanings=meanings)


class _Usable:
    """The numbers a metric of a model can be made of: its measures and all metrics that are there."""

    def __init__(self, random: Random, model: Model, known: dict[str, Metric]) -> None:
        self._random = random
        own = [
            (measure.name, measure.aggregation in _EXACT, measure.aggregation in {"count", "sum"})
            for measure in model.measures.values()
            if measure.type in _NUMBERS
        ]
        others = [
            (metric.name, metric.is_exact, metric.is_additive) for metric in known.values() if metric.type in _NUMBERS
        ]
        self.all = [name for name, _, _ in own + others]
        self.exact = [name for name, is_exact, _ in own + others if is_exact]
        relative = {metric.name for metric in known.values() if metric.kind == "rank"}
        self.exact_fixed = [name for name in self.exact if name not in relative]
        self.additive = [name for name, _, is_additive in own + others if is_additive]

    def linear(self, depth: int) -> Formula:
        """Sums, differences and multiples of what adds up."""
        random = self._random
        chance = random.random()
        if depth == 0 or chance < 0.2:
            return random.choice(self.additive)
        if chance < 0.6:
            return Operation(sign=random.choice("+-"), left=self.linear(depth - 1), right=self.linear(depth - 1))
        if chance < 0.8:
            return Operation(sign="*", left=self.linear(depth - 1), right=Decimal(random.choice(("2", "0.5", "3"))))
        if chance < 0.9:
            return Operation(sign="/", left=self.linear(depth - 1), right=Decimal("4"))
        return (self.linear(depth - 1),)

    def any(self, depth: int) -> Formula:
        """Any arithmetic whose divisors are zero exactly or not at all: one exact number, or two of them added."""
        random = self._random
        chance = random.random()
        if depth == 0 or chance < 0.2:
            return (
                Decimal(random.choice(("1", "2", "0.5", "100"))) if random.random() < 0.2 else random.choice(self.all)
            )
        if chance < 0.45:
            return Operation(sign=random.choice("+-"), left=self.any(depth - 1), right=self.any(depth - 1))
        if chance < 0.65:
            return Operation(sign="*", left=self.any(depth - 1), right=self.any(depth - 1))
        if chance < 0.9:
            return Operation(sign="/", left=self.any(depth - 1), right=self._divisor())
        return (self.any(depth - 1),)

    def _divisor(self) -> Formula:
        random = self._random
        if random.random() < 0.6:
            return random.choice(self.exact)
        counts = [name for name in self.exact if name.endswith("rows")]
        return Operation(sign=random.choice("+-"), left=random.choice(counts), right=random.choice(counts))
