"""Reads semantic models and metrics as dbt writes them and writes them as ours, file by file.

What has no equal here is refused by name with the reason, and so is every metric that is made of it; nothing is
imported with another meaning than it had.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from core.errors import InvalidError
from metrics.dbt.metric import write_metric
from metrics.dbt.model import SemanticModel, read_model
from metrics.dbt.refusal import Refused
from metrics.errors import DefinitionError, Problem

_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Definition files by name, and a sentence for each thing that was left out."""

    files: Mapping[str, str]
    refused: tuple[str, ...]


def import_dbt(texts: Mapping[str, str]) -> Imported:
    """The definitions of dbt files by name.

    Raises DefinitionError where one is no YAML, InvalidError where there is nothing in them.
    """
    models: dict[str, SemanticModel] = {}
    metrics: dict[str, Mapping[str, Any]] = {}
    refused: list[str] = []
    for file, text in sorted(texts.items()):
        document = _load(file, text)
        for entry in _entries(document, "semantic_models"):
            _attempt(refused, f"Semantic model {entry.get('name')}", partial(_add_model, entry, models))
        metrics |= {str(entry.get("name")): entry for entry in _entries(document, "metrics")}
        saved = [entry.get("name") for entry in _entries(document, "saved_queries")]
        refused += [f"Saved query {name}: make a notebook of it." for name in saved]
    if not models:
        raise InvalidError("There is no `semantic_models` in these files. Name the folder of dbt's YAML files.")
    for model in models.values():
        for measure, reason in model.refused.items():
            refused.append(f"Measure {measure} of {model.name}: {reason}")
    written: dict[str, dict[str, Any]] = {name: model.document(models) for name, model in models.items()}
    refused += [f"Model {name}: {reason}" for name, model in models.items() for reason in model.left_out]
    _write_metrics(metrics, models, written, refused)
    files = {
        f"{name}.yaml": yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
        for name, document in written.items()
    }
    return Imported(files=files, refused=tuple(refused))


def _write_metrics(
    metrics: Mapping[str, Mapping[str, Any]],
    models: Mapping[str, SemanticModel],
    written: dict[str, dict[str, Any]],
    refused: list[str],
) -> None:
    """Metrics after those they are made of; one whose inputs were refused is refused too."""
    homes: dict[str, str] = {}
    for model in models.values():
        for name in model.own_metrics:
            homes[name] = model.name
            written[model.name].setdefault("metrics", {})[name] = {"kind": "simple", "measure": name}
    waiting = dict(metrics)
    while waiting:
        ready = [name for name, entry in waiting.items() if not (_inputs(entry) & waiting.keys() - {name})]
        if not ready:
            refused += [f"Metric {name}: it is made of itself." for name in waiting]
            return
        for name in ready:
            entry = waiting.pop(name)
            _attempt(refused, f"Metric {name}", partial(_add_metric, name, entry, models, homes, written))


def _inputs(entry: Mapping[str, Any]) -> set[str]:
    """The names of metrics that a metric is made of."""
    params = entry.get("type_params") or {}
    found = [params.get("numerator"), params.get("denominator"), *(params.get("metrics") or [])]
    return {str(one.get("name") if isinstance(one, dict) else one) for one in found if one is not None}


def _add_model(entry: Mapping[str, Any], models: dict[str, SemanticModel]) -> None:
    model = read_model(entry)
    models[model.name] = model


def _add_metric(
    name: str,
    entry: Mapping[str, Any],
    models: Mapping[str, SemanticModel],
    homes: dict[str, str],
    written: dict[str, dict[str, Any]],
) -> None:
    home, document = write_metric(entry, models, homes)
    homes[name] = home
    written[home].setdefault("metrics", {})[name] = document


def _attempt(refused: list[str], title: str, act: Callable[[], None]) -> None:
    try:
        act()
    except Refused as reason:
        refused.append(f"{title}: {reason}")


def _load(file: str, text: str) -> Mapping[str, Any]:
    if len(text) > _MOST_CHARACTERS:
        raise InvalidError(f"{file} has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are read.")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise InvalidError(f"{file} has aliases (*name); write what they stand for.")
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        problem = Problem(file=file, line=line, message=f"this is not YAML: {getattr(error, 'problem', error)}")
        raise DefinitionError([problem]) from error
    return document if isinstance(document, dict) else {}


def _entries(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = document.get(key) or []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
