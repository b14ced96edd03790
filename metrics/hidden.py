"""A catalogue without what a reader may not know of: some models, and whatever is made of them or of some tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlglot import exp

from core.errors import InvalidError
from metrics.catalog import Catalog
from metrics.filter import Filter, conditions_of
from metrics.reach import Reach
from metrics.segments import expand_segments
from metrics.spec import Metric, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is left: the catalogue, and the models and tables that are not there for the reader."""

    catalog: Catalog
    hidden_models: frozenset[str]
    hidden_tables: frozenset[str]


def hide(catalog: Catalog, *, models: frozenset[str], tables: frozenset[str]) -> Shown:
    """The catalogue without these models, without those that read these tables, and without what needs any of them.

    A table of a hidden model is hidden too, unless a model that is left reads it.
    """
    folded = {table.casefold() for table in tables}
    gone = {one.name for one in catalog.models.values() if one.name in models or folded & set(tables_of(one))}
    left = {name: model for name, model in catalog.models.items() if name not in gone}
    reaches = {name: Reach(model, left) for name, model in left.items()}
    segments = {name: filter_ for model in left.values() for name, filter_ in model.segments.items()}
    whole = {name: one for name, one in catalog.metrics.items() if _is_whole(catalog, name, reaches, segments)}
    metrics = {name: one if one.target in whole else replace(one, target=None) for name, one in whole.items()}
    lost = set(catalog.metrics) - set(metrics)
    gone |= models
    read = {table for model in left.values() for table in tables_of(model)}
    own = {table for name in models if name in catalog.models for table in tables_of(catalog.models[name])}

    def is_told(metric: Metric) -> bool:
        return metric.model not in gone and not lost & {metric.name, *metric.inputs}

    defined = {name: one for name, one in catalog.defined.items() if is_told(one)}
    shown = replace(
        catalog,
        models=MappingProxyType(left),
        metrics=MappingProxyType(metrics),
        formulas=MappingProxyType({name: catalog.formulas[name] for name in metrics}),
        reaches=MappingProxyType(reaches),
        broken=MappingProxyType({name: one for name, one in catalog.broken.items() if name in defined}),
        broken_models=MappingProxyType({name: one for name, one in catalog.broken_models.items() if name not in gone}),
        # A problem's words may name what is hidden.
        problems=(),
        defined=MappingProxyType(defined),
    )
    return Shown(catalog=shown, hidden_models=frozenset(gone), hidden_tables=frozenset(folded | (own - read)))


def tables_of(model: Model) -> Iterator[str]:
    """The tables that a model reads, folded."""
    if model.table is not None:
        yield model.table.casefold()
    if model.query is not None:
        for table in model.query.find_all(exp.Table):
            yield table.name.casefold()


def _is_whole(catalog: Catalog, metric: str, reaches: Mapping[str, Reach], segments: Mapping[str, Filter]) -> bool:
    """Whether all that a metric is counted from and filtered by is left."""
    for leaf in catalog.leaves(metric):
        reach = reaches.get(leaf.model)
        if reach is None or (leaf.conversion is not None and leaf.conversion.model not in reaches):
            return False
        if not all(_can_filter(reach, filter_, segments) for filter_ in leaf.where):
            return False
    return True


def _can_filter(reach: Reach, filter_: Filter, segments: Mapping[str, Filter]) -> bool:
    try:
        expanded = expand_segments(filter_, segments)
    except InvalidError:
        # The segment is of a model that is hidden.
        return False
    return all(reach.has(one.dimension) for one in conditions_of(expanded))
