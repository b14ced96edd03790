"""All definitions of a tenant, checked and ready to be asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.errors import InvalidError
from core.names import suggestion
from core.result import ColumnType
from metrics.errors import DefinitionError, Problem
from metrics.kind import KINDS, Kind
from metrics.reach import Dimension, Reach
from metrics.reader import Draft, read_file
from metrics.rules import RULES, Definitions, metric_type
from metrics.schema import Schema, apply_types, find_columns
from metrics.spec import Metric, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An aggregate a metric is made of: a measure of a model, counted by a time dimension (None without one)."""

    model: str
    measure: str
    time: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How a metric is computed: its kind over leaves and other formulas."""

    kind: Kind
    inputs: tuple["Leaf | Formula", ...]

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf, in order; the same one may come twice."""
        for part in self.inputs:
            if isinstance(part, Leaf):
                yield part
            else:
                yield from part.leaves()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalog:
    """The models and metrics of a tenant. Build one with `load_catalog`; it never changes."""

    models: Mapping[str, Model]
    metrics: Mapping[str, Metric]
    formulas: Mapping[str, Formula] = field(repr=False)
    reaches: Mapping[str, Reach] = field(repr=False)

    def metric(self, name: str) -> Metric:
        """The metric of a name. Raises InvalidError with the nearest names."""
        metric = self.metrics.get(name)
        if metric is None:
            raise InvalidError(f"there is no metric {name}. {suggestion(name, self.metrics)}")
        return metric

    def leaves(self, metric: str) -> tuple[Leaf, ...]:
        """The aggregates a metric is made of, each once."""
        return tuple(dict.fromkeys(self.formulas[metric].leaves()))

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


def load_catalog(files: Mapping[str, str], schema: Schema | None = None) -> Catalog:
    """The catalogue of definition files: file name to YAML text.

    `schema` maps each table of the store to its columns and their DuckDB types. Without it tables, columns and types
    are not checked, and time dimensions must say `type: date`, `timestamp` or `timestamptz` to be split by a grain.
    Raises DefinitionError with every problem of every file.
    """
    problems: list[Problem] = []
    drafts = [read_file(name, text, schema, problems) for name, text in sorted(files.items())]
    definitions = _gather([draft for draft in drafts if draft is not None], schema, problems)
    for rule in RULES:
        problems.extend(rule(definitions))
    if problems:
        raise DefinitionError(problems)
    return _build(definitions)


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
    return Definitions(drafts=drafts, models=models, metrics=metrics, columns=columns)


def _build(definitions: Definitions) -> Catalog:
    formulas: dict[str, Formula] = {}
    for metric in definitions.metrics.values():
        _formula(metric, definitions, formulas)
    metrics = {
        name: replace(metric, type=metric_type(name, definitions) or ColumnType.NUMBER)
        for name, metric in definitions.metrics.items()
    }
    return Catalog(
        models=MappingProxyType(dict(definitions.models)),
        metrics=MappingProxyType(metrics),
        formulas=MappingProxyType(formulas),
        reaches=MappingProxyType(
            {name: Reach(model, definitions.models) for name, model in definitions.models.items()}
        ),
    )


def _formula(metric: Metric, definitions: Definitions, formulas: dict[str, Formula]) -> Formula:
    if metric.name not in formulas:
        measures = definitions.models[metric.model].measures
        inputs = tuple(
            Leaf(model=metric.model, measure=name, time=metric.time)
            if name in measures
            else _formula(definitions.metrics[name], definitions, formulas)
            for name in metric.inputs
        )
        formulas[metric.name] = Formula(kind=KINDS[metric.kind], inputs=inputs)
    return formulas[metric.name]
