"""A semantic model of dbt as a model of ours: entities become keys and joins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics.dbt.refusal import Refused

_REF = re.compile(r"^\s*(?:\{\{)?\s*(?:ref|source)\((?:[^)]*,)?\s*['\"](\w+)['\"]\s*\)\s*(?:\}\})?\s*$")
_COLUMN = re.compile(r"^[A-Za-z_]\w*$")
_AGGREGATIONS = {
    "sum": "sum",
    "count": "count",
    "count_distinct": "count_distinct",
    "average": "average",
    "min": "min",
    "max": "max",
    "median": "median",
    "percentile": "percentile",
    "sum_boolean": "count",
}
_KEYS = ("primary", "unique", "natural")


@dataclass(slots=True, kw_only=True)
class SemanticModel:
    """What was read of one model. `entities` are the kind and the column of each by name, `refused` and `left_out`
    what could not be taken over."""

    name: str
    table: str
    text: Mapping[str, str]
    time: str | None
    entities: dict[str, tuple[str, str]] = field(default_factory=dict)
    dimensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, str | None] = field(default_factory=dict)
    own_metrics: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """The column that is unique, None where none is said to be."""
        keys = [column for kind, column in self.entities.values() if kind == "primary"]
        keys += [column for kind, column in self.entities.values() if kind in _KEYS]
        return keys[0] if keys else None

    def document(self, models: Mapping[str, "SemanticModel"]) -> dict[str, Any]:
        """The model as ours is written, without metrics."""
        document: dict[str, Any] = {"model": self.name, **self.text, "table": self.table}
        if self.key:
            document["key"] = self.key
        if self.time:
            document["time"] = self.time
        joins = [join for name in self.entities if (join := self._join(name, models)) is not None]
        parts = (("joins", joins), ("dimensions", self.dimensions), ("measures", self.measures))
        return document | {name: part for name, part in parts if part}

    def _join(self, entity: str, models: Mapping[str, "SemanticModel"]) -> dict[str, Any] | None:
        kind, ours = self.entities[entity]
        if kind != "foreign":
            return None
        for other in models.values():
            their_kind, theirs = other.entities.get(entity, ("", ""))
            if other is not self and their_kind in _KEYS and theirs == other.key:
                return {"name": entity, "to": other.name, "on": {ours: theirs}}
        self.left_out.append(f"entity {entity} is the key of no semantic model here, so there is nothing to join.")
        return None


def read_model(entry: Mapping[str, Any]) -> SemanticModel:
    """One entry of `semantic_models`. Raises Refused where its table or name cannot be told."""
    name, reference = str(entry.get("name") or ""), str(entry.get("model") or "")
    found = _REF.match(reference)
    if not name or found is None:
        raise Refused(f"its `model` is {reference!r}; only ref('table') and source('schema', 'table') can be read.")
    defaults = entry.get("defaults") or {}
    model = SemanticModel(
        name=name,
        table=found[1],
        text={key: str(entry[key]) for key in ("label", "description") if entry.get(key)},
        time=defaults.get("agg_time_dimension"),
    )
    for entity in entry.get("entities") or []:
        column = str(entity.get("expr") or entity.get("name"))
        if not _COLUMN.match(column):
            model.left_out.append(f"entity {entity.get('name')} is the expression {column}; a key is a column.")
            continue
        model.entities[str(entity.get("name"))] = (str(entity.get("type")), column)
    for dimension in entry.get("dimensions") or []:
        model.dimensions[str(dimension.get("name"))] = _dimension(dimension)
    for measure in entry.get("measures") or []:
        _add_measure(model, measure)
    return model


def _dimension(entry: Mapping[str, Any]) -> dict[str, Any]:
    text = str(entry.get("expr") or entry.get("name"))
    written: dict[str, Any] = {"type": "time"} if entry.get("type") == "time" else {}
    written |= {"column": text} if _COLUMN.match(text) else {"sql": text}
    return written | {key: str(entry[key]) for key in ("label", "description") if entry.get(key)}


def _add_measure(model: SemanticModel, entry: Mapping[str, Any]) -> None:
    name, agg = str(entry.get("name")), str(entry.get("agg")).lower()
    params = entry.get("agg_params") or {}
    if agg not in _AGGREGATIONS:
        model.refused[name] = f"the aggregate {agg} is not known; there are {', '.join(_AGGREGATIONS)}."
    elif entry.get("non_additive_dimension"):
        model.refused[name] = "it is not additive over time; define a metric of the kind `snapshot` by hand."
    elif params.get("use_discrete_percentile") or params.get("use_approximate_percentile"):
        model.refused[name] = "percentiles are exact and lie between two values here, never discrete or approximate."
    else:
        text = str(entry.get("expr") if entry.get("expr") is not None else name)
        model.measures[name] = _measure(_AGGREGATIONS[agg], agg, text, params)
        model.times[name] = entry.get("agg_time_dimension")
        if entry.get("create_metric"):
            model.own_metrics.append(name)


def _measure(ours: str, agg: str, text: str, params: Mapping[str, Any]) -> dict[str, Any]:
    if agg == "sum_boolean":
        return {"agg": ours, "where": text}
    if ours == "count" and text in {"1", "*"}:
        return {"agg": ours}
    measure: dict[str, Any] = {"agg": ours, "sql": text}
    return measure | ({"p": params.get("percentile")} if ours == "percentile" else {})
