"""All definitions of a tenant, checked and ready to be asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from core.errors import InternalError, InvalidError, RefusedError
from core.names import suggestion
from core.result import ColumnType
from metrics.damage import Damage, find_damage
from metrics.errors import DefinitionError, Problem
from metrics.filter import Among, Condition, Filter, conditions_of
from metrics.leaf import Leaf
from metrics.quantities import Quantities
from metrics.reach import Dimension, Reach
from metrics.reader import Draft, read_file
from metrics.recipe import Quantity, Recipe
from metrics.rules import RULES, Definitions
from metrics.schema import Schema, apply_types, find_columns
from metrics.spec import Metric, Model

_QUANTITY = Quantity(type=ColumnType.INTEGER, is_additive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How a metric is computed: its recipe over leaves and other formulas."""

    recipe: Recipe
    inputs: tuple["Leaf | Formula", ...]

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf, in order; the same one may come twice."""
        for part in self.inputs:
            if isinstance(part, Leaf):
                yield part
            else:
                yield from part.leaves()

    def changed(self, change: Callable[[Leaf], Leaf]) -> "Formula":
        """The formula with every leaf changed."""
        inputs = tuple(change(part) if isinstance(part, Leaf) else part.changed(change) for part in self.inputs)
        return replace(self, inputs=inputs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Catalog:
    """The models and metrics of a tenant. Build one with `load_catalog`; it never changes.

    What cannot be used at present is not among `models` and `metrics`, but in `broken_models` and `broken` with the
    reason; `problems` has everything that is wrong. All three are empty unless the catalogue was loaded leniently.
    """

    models: Mapping[str, Model]
    metrics: Mapping[str, Metric]
    formulas: Mapping[str, Formula] = field(repr=False)
    reaches: Mapping[str, Reach] = field(repr=False)
    broken: Mapping[str, Problem]
    broken_models: Mapping[str, Problem]
    problems: tuple[Problem, ...]
    # Every metric that a file defines, broken ones too.
    defined: Mapping[str, Metric] = field(repr=False)
    # Sets of entities that a reader may filter by as by segments.
    cohorts: Mapping[str, Among] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def metric(self, name: str) -> Metric:
        """The metric of a name. Raises InvalidError with the nearest names, RefusedError for a broken metric."""
        metric = self.metrics.get(name)
        if metric is not None:
            return metric
        if name in self.broken:
            raise RefusedError(f"Metric {name} cannot be computed at present: {self.broken[name].reason}")
        raise InvalidError(f"There is no metric {name}. {suggestion(name, self.metrics)}")

    def model(self, name: str) -> Model:
        """The model of a name. Raises InvalidError with the nearest names, RefusedError for a broken model."""
        model = self.models.get(name)
        if model is not None:
            return model
        if name in self.broken_models:
            raise RefusedError(f"Model {name} cannot be used at present: {self.broken_models[name].reason}")
        raise InvalidError(f"There is no model {name}. {suggestion(name, self.models)}")

    def leaves(self, metric: str) -> tuple[Leaf, ...]:
        """The aggregates a metric is made of, each once."""
        return tuple(dict.fromkeys(self.formulas[metric].leaves()))

    def quantity(self, metric: str) -> Quantity:
        """What the values of a metric are: their type, and whether those of all members add up."""

        def of(part: Leaf | Formula) -> Quantity:
            if isinstance(part, Formula):
                return part.recipe.result([of(one) for one in part.inputs])
            measure = self.models[part.model].measures[part.measure]
            return Quantity(type=measure.type, is_additive=measure.aggregation.is_additive)

        return of(self.formulas[metric])

    @property
    def grains(self) -> Mapping[str, Model]:
        """The grains of calendars that the tenant keeps in tables, each with its model."""
        models = self.models.values()
        return {grain: model for model in models if model.calendar is not None for grain in model.calendar.grains}

    @property
    def segments(self) -> Mapping[str, Filter]:
        """The filters that have a name; of one name, that of a definition."""
        defined = {name: filter_ for model in self.models.values() for name, filter_ in model.segments.items()}
        return {**self.cohorts, **defined}

    def segments_of(self, metrics: Iterable[str]) -> list[str]:
        """The segments that all of these metrics can be filtered by."""
        names = tuple(metrics)
        usable = {dimension.name for dimension in self.dimensions_of(names)}
        reaches = [self.reaches[model.name] for model in self.models_of(names)]

        def can_filter(one: Condition) -> bool:
            if isinstance(one, Among):
                return bool(reaches) and all(reach.has(one.dimension) for reach in reaches)
            return one.dimension in usable

        return [name for name, filter_ in self.segments.items() if all(map(can_filter, conditions_of(filter_)))]

    def segments_of_model(self, name: str) -> list[str]:
        """The segments that rows of a model can be filtered by."""
        reach = self.reaches[name]
        found = self.segments.items()
        return [name for name, filter_ in found if all(reach.has(one.dimension) for one in conditions_of(filter_))]

    def is_relative(self, metric: str) -> bool:
        """Whether a value of a metric depends on the other rows of the result, as shares and ranks do."""

        def of(part: Leaf | Formula) -> bool:
            if isinstance(part, Leaf):
                return False
            return part.recipe.result([_QUANTITY for _ in part.inputs]).is_relative or any(map(of, part.inputs))

        return of(self.formulas[metric])

    def models_of(self, metrics: Iterable[str]) -> tuple[Model, ...]:
        """The models that are counted for these metrics. Raises InvalidError for an unknown one."""
        names = dict.fromkeys(leaf.model for name in metrics for leaf in self.leaves(self.metric(name).name))
        return tuple(self.models[name] for name in names)

    def dimensions_of(self, metrics: Iterable[str]) -> tuple[Dimension, ...]:
        """The dimensions by which all these metrics can be split together, each under a name that says so.

        None without a metric. Raises InvalidError for an unknown one.
        """
        reaches = [self.reaches[model.name] for model in self.models_of(metrics)]
        if not reaches:
            return ()
        first, *others = reaches
        shared = []
        for dimension in first.all():
            for name in dict.fromkeys((dimension.name, dimension.qualified_name)):
                if all(reach.has(name) for reach in others):
                    shared.append(dimension if name == dimension.name else replace(dimension, name=name))
                    break
        return tuple(shared)


def load_catalog(files: Mapping[str, str], schema: Schema | None = None, *, is_lenient: bool = False) -> Catalog:
    """The catalogue of definition files: file name to YAML text.

    `schema` maps each table of the store to its columns and their DuckDB types. Without it tables, columns and types
    are not checked, and time dimensions must say `type: date`, `timestamp` or `timestamptz` to be split by a grain.
    Raises DefinitionError with every problem of every file. With `is_lenient` it never does: what a problem breaks is
    set aside in the catalogue's `broken` and `broken_models`, and everything else can be asked. Definitions are
    checked strictly when they are applied and loaded leniently afterwards, when data may have changed under them.
    """
    problems: list[Problem] = []
    drafts = [read_file(name, text, schema, problems) for name, text in sorted(files.items())]
    definitions = _gather([draft for draft in drafts if draft is not None], schema, problems)
    for rule in RULES:
        problems.extend(rule(definitions))
    if problems and not is_lenient:
        raise DefinitionError(problems)
    return _build(find_damage(definitions, problems), problems)


def _gather(drafts: list[Draft], schema: Schema | None, problems: list[Problem]) -> Definitions:
    models: dict[str, Model] = {}
    metrics: dict[str, Metric] = {}
    columns = {}
    for draft in drafts:
        name = draft.model.name
        found = find_columns(draft.model, schema, problems)
        model = apply_types(draft.model, found, problems)
        if name not in models:
            models[name], columns[name] = model, found
        for metric in draft.metrics:
            metrics.setdefault(metric.name, metric)
    quantities = Quantities(models, metrics)
    return Definitions(drafts=drafts, models=models, metrics=metrics, columns=columns, quantities=quantities)


def _build(damage: Damage, problems: list[Problem]) -> Catalog:
    definitions = damage.definitions
    whole = {name: metric for name, metric in definitions.metrics.items() if name not in damage.metrics}
    models = {name: model for name, model in definitions.models.items() if name not in damage.models}
    formulas: dict[str, Formula] = {}
    for metric in whole.values():
        _formula(metric, definitions, formulas)
    return Catalog(
        models=MappingProxyType(models),
        metrics=MappingProxyType({name: _typed(metric, definitions) for name, metric in whole.items()}),
        formulas=MappingProxyType(formulas),
        reaches=MappingProxyType({name: Reach(model, definitions.models) for name, model in models.items()}),
        broken=MappingProxyType(dict(damage.metrics)),
        broken_models=MappingProxyType(dict(damage.models)),
        problems=tuple(sorted(set(problems))),
        defined=MappingProxyType(dict(definitions.metrics)),
    )


def _typed(metric: Metric, definitions: Definitions) -> Metric:
    found = definitions.quantities.find(metric.name)
    return replace(metric, type=found.quantity.type if found else ColumnType.NUMBER)


def _formula(metric: Metric, definitions: Definitions, formulas: dict[str, Formula]) -> Formula:
    """The formula of a metric that is not broken, so that its recipe and all its inputs are there."""
    if metric.name not in formulas:
        if metric.recipe is None:
            raise InternalError(f"metric {metric.name} has neither a recipe nor a problem")
        inputs = tuple(
            _input(metric, metric.recipe, place, definitions, formulas) for place in range(len(metric.inputs))
        )
        formulas[metric.name] = Formula(recipe=metric.recipe, inputs=inputs)
    return formulas[metric.name]


def _input(
    metric: Metric, recipe: Recipe, place: int, definitions: Definitions, formulas: dict[str, Formula]
) -> Leaf | Formula:
    name = metric.inputs[place]
    if name in definitions.models[metric.model].measures:
        return recipe.narrow(place, Leaf(model=metric.model, measure=name, time=metric.time))
    return _formula(definitions.metrics[name], definitions, formulas).changed(partial(recipe.narrow, place))
