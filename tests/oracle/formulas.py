"""Random metrics: simple ones, ratios, derived ones and shares, over models that have their measures."""

from decimal import Decimal
from random import Random

from tests.oracle.reference import names_of
from tests.oracle.world import Formula, Metric, Model, Operation, World

_EXACT = {"count", "count_distinct", "sum", "min", "max"}
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
                ),
            )
    for model in world.models.values():
        for number in range(random.randint(1, 3)):
            _add(model, known, _make(random, f"{model.name}_made_{number}", model, known))


def _add(model: Model, known: dict[str, Metric], metric: Metric) -> None:
    model.metrics[metric.name] = metric
    known[metric.name] = metric


def _time(random: Random, model: Model) -> str | None:
    times = [name for name, dimension in model.dimensions.items() if dimension.type.startswith(("date", "timestamp"))]
    return random.choice(times) if times and random.random() < 0.2 else model.time


def _make(random: Random, name: str, model: Model, known: dict[str, Metric]) -> Metric:
    usable = _Usable(random, model, known)
    kind = random.choice(("ratio", "ratio", "derived", "derived", "derived", "share"))
    if kind == "share":
        return Metric(name=name, kind=kind, formula=random.choice(usable.additive), time=model.time)
    if kind == "ratio":
        formula: Formula = Operation(sign="/", left=random.choice(usable.all), right=random.choice(usable.exact))
        return Metric(name=name, kind=kind, formula=formula, time=model.time)
    if random.random() < 0.3:
        return Metric(name=name, kind=kind, formula=usable.linear(2), time=model.time, is_exact=False, is_additive=True)
    formula = usable.any(3)
    while not any(names_of(formula)):
        formula = usable.any(3)
    return Metric(name=name, kind=kind, formula=formula, time=model.time)


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
