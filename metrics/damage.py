"""What still works when definitions no longer fit the data: a problem breaks what it is about and what is made of it.

A broken dimension or join keeps its name, so that no other dimension is taken for it without anybody noticing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from metrics.errors import Part, Problem
from metrics.rules import Definitions
from metrics.spec import Metric, Model

_Place = tuple[str, Part, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Definitions with the problems of dimensions and joins marked, and the models and metrics that are broken."""

    definitions: Definitions
    models: Mapping[str, Problem]
    metrics: Mapping[str, Problem]


def find_damage(definitions: Definitions, problems: Iterable[Problem]) -> Damage:
    """What problems break. Of several problems of one thing the first counts."""
    places: dict[_Place, Problem] = {}
    for problem in problems:
        places.setdefault((problem.file, problem.part, problem.name), problem)
    found = {name: places.get((model.file, Part.MODEL, "")) for name, model in definitions.models.items()}
    broken = {name: problem for name, problem in found.items() if problem is not None}
    models = {name: _marked(model, places, broken) for name, model in definitions.models.items()}
    marked = replace(definitions, models=models)
    return Damage(definitions=marked, models=broken, metrics=_broken_metrics(marked, places))


def _marked(model: Model, places: Mapping[_Place, Problem], broken: Mapping[str, Problem]) -> Model:
    dimensions = {
        name: replace(dimension, problem=broken.get(model.name) or places.get((model.file, Part.DIMENSION, name)))
        for name, dimension in model.dimensions.items()
    }
    joins = {
        name: replace(join, problem=places.get((model.file, Part.JOIN, name)) or broken.get(join.to))
        for name, join in model.joins.items()
    }
    pipeline = None if (model.file, Part.PIPELINE, "") in places else model.pipeline
    events = None if (model.file, Part.EVENTS, "") in places else model.events
    calendar = None if (model.file, Part.CALENDAR, "") in places else model.calendar
    return replace(model, dimensions=dimensions, joins=joins, pipeline=pipeline, events=events, calendar=calendar)


def _broken_metrics(definitions: Definitions, places: Mapping[_Place, Problem]) -> dict[str, Problem]:
    broken = {name: problem for (_, part, name), problem in places.items() if part is Part.METRIC}
    for metric in definitions.metrics.values():
        problem = _own_problem(metric, definitions.models[metric.model], places)
        if problem is not None:
            broken.setdefault(metric.name, problem)
    is_growing = True
    while is_growing:
        known = len(broken)
        for metric in definitions.metrics.values():
            measures = definitions.models[metric.model].measures
            causes = [broken[name] for name in metric.inputs if name not in measures and name in broken]
            if causes:
                broken.setdefault(metric.name, causes[0])
        is_growing = len(broken) > known
    return broken


def _own_problem(metric: Metric, model: Model, places: Mapping[_Place, Problem]) -> Problem | None:
    """The problem of the metric's model, of its time or of one of its measures."""
    found = [places.get((metric.file, Part.MODEL, ""))]
    if metric.time is not None:
        found.append(places.get((model.file, Part.DIMENSION, metric.time)))
        if metric.time == model.time:
            found.append(places.get((model.file, Part.TIME, "")))
    found += [places.get((model.file, Part.MEASURE, name)) for name in metric.inputs if name in model.measures]
    return next((problem for problem in found if problem is not None), None)
