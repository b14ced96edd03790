"""What each metric is, worked out from the measures up: its type, whether it adds up, and how large its tree grows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from metrics.recipe import Quantity, Recipe, Trees
from metrics.spec import Metric, Model

MAX_DEPTH = 20
MAX_SIZE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A quantity and how many aggregates its tree has; a metric used twice counts twice."""

    quantity: Quantity
    size: int


class Quantities:
    """The quantities of measures and metrics. Each is worked out once, so that shared inputs cost nothing."""

    def __init__(self, models: Mapping[str, Model], metrics: Mapping[str, Metric]) -> None:
        self._models = models
        self._metrics = metrics
        self._found: dict[str, Sized | None] = {}

    def find(self, name: str, depth: int = 0) -> Sized | None:
        """What a metric is; None when something it is made of is missing, goes in circles or does not fit."""
        if name not in self._found:
            # Whoever comes back here while it is being worked out has gone in a circle.
            self._found[name] = None
            metric = self._metrics.get(name)
            inputs = self.inputs_of(metric, depth) if metric is not None and depth <= MAX_DEPTH else None
            if metric is None or metric.recipe is None or inputs is None:
                return None
            quantities = [value.quantity for value in inputs]
            if metric.recipe.check(quantities) is None:
                size = sum(times * value.size for times, value in zip(_uses(metric.recipe), inputs, strict=True))
                found = metric.recipe.result(quantities)
                is_relative = found.is_relative or any(value.is_relative for value in quantities)
                self._found[name] = Sized(quantity=replace(found, is_relative=is_relative), size=size)
        return self._found[name]

    def inputs_of(self, metric: Metric, depth: int = 0) -> list[Sized] | None:
        """What the inputs of a metric are; None when one of them is not known."""
        measures = self._models[metric.model].measures
        found: list[Sized] = []
        for name in metric.inputs:
            if name in measures:
                measure = measures[name]
                quantity = Quantity(type=measure.type, is_additive=measure.aggregation.is_additive)
                value: Sized | None = Sized(quantity=quantity, size=1)
            else:
                value = self.find(name, depth + 1)
            if value is None:
                return None
            found.append(value)
        return found


def _uses(recipe: Recipe) -> list[int]:
    """How often each input stands in the tree of a recipe."""
    names = [str(number) for number in range(len(recipe.inputs))]
    tree = recipe.lower(Trees(at=lambda _level: [exp.column(exp.to_identifier(name, quoted=True)) for name in names]))
    columns = [column.name for column in tree.find_all(exp.Column)]
    return [columns.count(name) for name in names]
