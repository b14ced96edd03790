"""A metric of dbt as a metric of ours: its model, and how its kind is written here."""

import re
from collections.abc import Mapping
from typing import Any

from core.errors import InvalidError
from metrics.dbt.model import SemanticModel
from metrics.dbt.refusal import Refused
from metrics.filter_text import parse_filter

_FIELD = re.compile(r"\{\{\s*(Dimension|TimeDimension|Entity|Metric)\((.*?)\)\s*\}\}")
_NAME = re.compile(r"['\"](\w+)['\"]")
_WRITTEN = ("label", "description")
Models = Mapping[str, SemanticModel]


def write_metric(entry: Mapping[str, Any], models: Models, homes: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The model of a metric and its definition; `homes` has the models of metrics written before. Raises Refused."""
    kind, params = str(entry.get("type")), entry.get("type_params") or {}
    writer = _KINDS.get(kind)
    if writer is None:
        raise Refused(f"the type {kind} is not known; there are {', '.join(_KINDS)}.")
    home, document = writer(params, str(entry.get("name")), models, homes, entry.get("filter"))
    return home, document | {key: str(entry[key]) for key in _WRITTEN if entry.get(key)}


def _simple(
    params: Mapping[str, Any], name: str, models: Models, _homes: Mapping[str, str], filter_: object
) -> tuple[str, dict[str, Any]]:
    home, measure, where = _measure_of(params.get("measure"), models)
    return home.name, _timed(_filtered("measure", measure, _joined(where, _where(filter_, home)), name), home, measure)


def _filtered(key: str, of: str, where: str | None, name: str) -> dict[str, Any]:
    """A measure as it is, or over the rows that fulfil a condition."""
    if where is None:
        return {"kind": "simple", key: of}
    inner = f"{name}_rows"
    return {"kind": "derived", "formula": inner, "inputs": {inner: {"of": of, "where": where}}}


def _timed(document: dict[str, Any], home: SemanticModel, measure: str) -> dict[str, Any]:
    time = home.times.get(measure)
    return document | ({"time": time} if time and time != home.time else {})


def _ratio(
    params: Mapping[str, Any], _name: str, models: Models, homes: Mapping[str, str], filter_: object
) -> tuple[str, dict[str, Any]]:
    top, bottom = (_input(params.get(part), models, homes, filter_) for part in ("numerator", "denominator"))
    home = homes[top["of"]]
    if len(top) == len(bottom) == 1:
        return home, {"kind": "ratio", "numerator": top["of"], "denominator": bottom["of"]}
    inputs = {"numerator": top, "denominator": bottom}
    return home, {"kind": "derived", "formula": "numerator / denominator", "inputs": inputs}


def _derived(
    params: Mapping[str, Any], _name: str, models: Models, homes: Mapping[str, str], filter_: object
) -> tuple[str, dict[str, Any]]:
    named = {}
    for one in params.get("metrics") or []:
        entry = one if isinstance(one, dict) else {"name": one}
        named[str(entry.get("alias") or entry.get("name"))] = _input(entry, models, homes, filter_)
    if not named:
        raise Refused("it names no metrics.")
    home = homes[next(iter(named.values()))["of"]]
    inputs = {alias: value for alias, value in named.items() if value != {"of": alias}}
    return home, {"kind": "derived", "formula": str(params.get("expr"))} | ({"inputs": inputs} if inputs else {})


def _cumulative(
    params: Mapping[str, Any], name: str, models: Models, _homes: Mapping[str, str], filter_: object
) -> tuple[str, dict[str, Any]]:
    more = params.get("cumulative_type_params") or {}
    home, measure, where = _measure_of(params.get("measure"), models)
    if _joined(where, _where(filter_, home)) is not None:
        raise Refused("a cumulative metric has no filter here; give its measure a `where`.")
    if more.get("period_agg") not in {None, "last"}:
        raise Refused(f"`period_agg: {more['period_agg']}`: the value of a period is that at its end here.")
    window, grain = (more.get(key) or params.get(key) for key in ("window", "grain_to_date"))
    document = {"kind": "cumulative", "measure": measure}
    document |= {"window": str(window)} if window else {"to_date": str(grain)} if grain else {}
    del name
    return home.name, _timed(document, home, measure)


def _conversion(
    params: Mapping[str, Any], _name: str, models: Models, _homes: Mapping[str, str], filter_: object
) -> tuple[str, dict[str, Any]]:
    more = params.get("conversion_type_params") or {}
    home, base, base_where = _measure_of(more.get("base_measure"), models)
    other, event, event_where = _measure_of(more.get("conversion_measure"), models)
    if more.get("constant_properties"):
        raise Refused("`constant_properties`: a conversion is matched by its entity alone here.")
    if base_where or event_where or filter_:
        raise Refused("a conversion has no filter here; give its measures a `where`.")
    if not more.get("window"):
        raise Refused("it has no `window`; a conversion must come within a time here.")
    entity = str(more.get("entity"))
    if entity not in home.entities or entity not in other.entities:
        raise Refused(f"{entity} is no entity of both {home.name} and {other.name}.")
    ours, theirs = home.entities[entity][1], other.entities[entity][1]
    document = {"kind": "conversion", "base": base, "to": f"{other.name}.{event}", "entity": ours}
    document |= {"to_entity": theirs} if theirs != ours else {}
    document |= {"within": str(more["window"]), "as": "count" if more.get("calculation") == "conversions" else "rate"}
    return home.name, document


def _measure_of(entry: object, models: Models) -> tuple[SemanticModel, str, str | None]:
    """The model, the name and the filter of a measure that a metric names."""
    named = entry if isinstance(entry, dict) else {"name": entry}
    name = str(named.get("name"))
    if named.get("join_to_timespine") or named.get("fill_nulls_with") is not None:
        raise Refused("`fill_nulls_with` and `join_to_timespine` belong to a question here: ask it with empty periods.")
    for model in models.values():
        if name in model.measures:
            return model, name, _where(named.get("filter"), model)
        if name in model.refused:
            raise Refused(f"it is made of the measure {name}, which was refused.")
    raise Refused(f"there is no measure {name}.")


def _input(entry: object, models: Models, homes: Mapping[str, str], filter_: object) -> dict[str, Any]:
    """What a name of a formula means."""
    named = entry if isinstance(entry, dict) else {"name": entry}
    name = str(named.get("name"))
    if name not in homes:
        raise Refused(f"it is made of {name}, which is no metric here or was refused.")
    if named.get("offset_to_grain"):
        raise Refused("`offset_to_grain` has no equal; use an offset such as 1 month, or a metric to date.")
    model = models[homes[name]]
    where = _joined(_where(named.get("filter"), model), _where(filter_, model))
    found: dict[str, Any] = {"of": name}
    found |= {"offset": str(named["offset_window"])} if named.get("offset_window") else {}
    return found | ({"where": where} if where else {})


def _joined(*filters: str | None) -> str | None:
    found = [one for one in filters if one]
    return found[0] if len(found) == 1 else " AND ".join(f"({one})" for one in found) or None


def _where(filter_: object, model: SemanticModel) -> str | None:
    """A filter of dbt as filter text. Raises Refused for what it cannot say."""
    if not filter_:
        return None
    if isinstance(filter_, list):
        return _joined(*(_where(one, model) for one in filter_))
    text = _FIELD.sub(lambda found: _field(found[1], found[2], model), str(filter_)).strip()
    try:
        return str(parse_filter(text))
    except InvalidError as error:
        raise Refused(f"its filter {text!r} cannot be said here: {error.message}") from error


def _field(kind: str, inside: str, model: SemanticModel) -> str:
    name = _NAME.search(inside)
    if kind in {"Metric", "Entity"} or name is None:
        raise Refused(f"its filter uses {kind}({inside}); only dimensions can be filtered by.")
    entity, _, dimension = name[1].rpartition("__")
    kind_of = model.entities.get(entity, ("", ""))[0]
    return f"{entity}.{dimension}" if kind_of == "foreign" else dimension


_KINDS = {
    "simple": _simple,
    "ratio": _ratio,
    "derived": _derived,
    "cumulative": _cumulative,
    "conversion": _conversion,
}
