"""What must hold between definitions: names are unique, joins cannot fan out, inputs exist and do not go in circles."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.names import suggestion
from core.result import ColumnType
from metrics.errors import Part, Problem
from metrics.kind import KINDS
from metrics.quantities import MAX_DEPTH, MAX_SIZE, Quantities
from metrics.reader import Draft
from metrics.reference_rules import (
    check_calendars,
    check_event_models,
    check_pipelines,
    check_references,
    check_segments,
    check_text_growth,
)
from metrics.schema import Columns, column_type, missing_column
from metrics.spec import Join, Metric, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Everything that was read, the first of each name winning, with the columns of each model where known."""

    drafts: Sequence[Draft]
    models: Mapping[str, Model]
    metrics: Mapping[str, Metric]
    columns: Mapping[str, Columns | None]
    quantities: Quantities


Rule = Callable[[Definitions], Iterator[Problem]]


def check_models_are_unique(definitions: Definitions) -> Iterator[Problem]:
    """A model is defined in one file."""
    for draft in definitions.drafts:
        model = draft.model
        first = definitions.models[model.name]
        if first.file != model.file:
            message = f"model {model.name} is already defined in {first.file}, line {first.line}; rename one of them"
            yield Problem(file=model.file, line=model.line, message=message)


def check_metrics_are_unique(definitions: Definitions) -> Iterator[Problem]:
    """A metric is defined once in a tenant."""
    for draft in definitions.drafts:
        for metric in draft.metrics:
            first = definitions.metrics[metric.name]
            if (first.file, first.line) != (metric.file, metric.line):
                yield _of_metric(
                    metric,
                    f"metric {metric.name} is already defined in {first.file}, line {first.line}; rename one of them",
                )


def check_keys(definitions: Definitions) -> Iterator[Problem]:
    """Key columns exist."""
    for model in definitions.models.values():
        columns = definitions.columns[model.name]
        for name in model.key:
            if columns is not None and name not in columns:
                message = f"`key` of model {model.name}: {missing_column(name, model, columns)}"
                yield Problem(file=model.file, line=model.line, message=message, part=Part.KEY)


def check_joins(definitions: Definitions) -> Iterator[Problem]:
    """Joins lead to a model, by its whole key, between columns that exist and can be compared."""
    for model in definitions.models.values():
        for join in model.joins.values():
            target = definitions.models.get(join.to)
            if not join.on:
                messages = []
            elif target is None:
                messages = [f"join {join.name}: there is no model {join.to}. {suggestion(join.to, definitions.models)}"]
            else:
                messages = [*_key_messages(join, target), *_column_messages(join, model, target, definitions.columns)]
            for message in messages:
                yield Problem(file=model.file, line=join.line, message=message, part=Part.JOIN, name=join.name)


def check_times(definitions: Definitions) -> Iterator[Problem]:
    """`time` names a time dimension of the same model."""
    for model in definitions.models.values():
        if model.time is not None and (message := _time_message(model.time, model)):
            text = f"`time` of model {model.name}: {message}"
            yield Problem(file=model.file, line=model.line, message=text, part=Part.TIME)
    for metric in definitions.metrics.values():
        model = definitions.models[metric.model]
        if metric.time not in {None, model.time} and (message := _time_message(str(metric.time), model)):
            yield _of_metric(metric, f"`time` of metric {metric.name}: {message}")


def check_inputs(definitions: Definitions) -> Iterator[Problem]:
    """The inputs of a metric exist."""
    for metric in definitions.metrics.values():
        measures = definitions.models[metric.model].measures
        for name in metric.inputs:
            if name in measures:
                continue
            message = ""
            if not KINDS[metric.kind].TAKES_METRICS:
                message = f"model {metric.model} has no measure {name}. {suggestion(name, measures)}"
            elif name not in definitions.metrics:
                known = suggestion(name, [*measures, *definitions.metrics])
                message = f"there is no measure {name} in model {metric.model} and no metric of that name. {known}"
            if message:
                yield _of_metric(metric, f"metric {metric.name}: {message}")


def check_cycles(definitions: Definitions) -> Iterator[Problem]:
    """No metric is made of itself."""
    done: set[str] = set()
    for start in definitions.metrics:
        trail: list[str] = []
        yield from _walk(start, trail, done, definitions)


def check_input_types(definitions: Definitions) -> Iterator[Problem]:
    """A kind gets inputs it can use. What is unknown or goes in circles is reported by other rules."""
    for metric in definitions.metrics.values():
        inputs = definitions.quantities.inputs_of(metric)
        if not inputs or metric.recipe is None:
            continue
        message = metric.recipe.check([value.quantity for value in inputs])
        if message:
            yield _of_metric(metric, f"metric {metric.name}: {message}")


def check_sizes(definitions: Definitions) -> Iterator[Problem]:
    """No metric's tree grows beyond what an engine can take."""
    for metric in definitions.metrics.values():
        found = definitions.quantities.find(metric.name)
        if found is not None and found.size > MAX_SIZE:
            yield _of_metric(
                metric,
                f"metric {metric.name} is made of {found.size:,} aggregates, counting each use of a metric;"
                f" at most {MAX_SIZE:,} are allowed",
            )


RULES: tuple[Rule, ...] = (
    check_models_are_unique,
    check_metrics_are_unique,
    check_keys,
    check_joins,
    check_times,
    check_inputs,
    check_input_types,
    check_references,
    check_pipelines,
    check_calendars,
    check_segments,
    check_text_growth,
    check_event_models,
    check_sizes,
    check_cycles,
)


def metric_inputs(metric: Metric, models: Mapping[str, Model]) -> Iterator[str]:
    """The names among a metric's inputs that are metrics: a measure of its own model goes first."""
    measures = models[metric.model].measures
    return (name for name in metric.inputs if name not in measures)


def _of_metric(metric: Metric, message: str) -> Problem:
    return Problem(file=metric.file, line=metric.line, message=message, part=Part.METRIC, name=metric.name)


def _key_messages(join: Join, target: Model) -> Iterator[str]:
    theirs = [column for _, column in join.on]
    if not target.key:
        yield (
            f"join {join.name}: model {target.name} has no `key`, so a row here could match several rows there and be"
            f" counted more than once; give {target.name} a `key`"
        )
    elif sorted(name.casefold() for name in theirs) != sorted(name.casefold() for name in target.key):
        yield (
            f"join {join.name}: `on` leads to {', '.join(theirs) or 'nothing'}, but the key of model {target.name} is"
            f" {', '.join(target.key)}; a join by less than the whole key could count rows more than once, so name"
            " every key column and no other, or join from the other side"
        )


def _column_messages(join: Join, model: Model, target: Model, columns: Mapping[str, Columns | None]) -> Iterator[str]:
    ours, theirs = columns[model.name], columns[target.name]
    for our, their in join.on:
        if ours is not None and our not in ours:
            yield f"join {join.name}: {missing_column(our, model, ours)}"
        elif theirs is not None and their not in theirs:
            yield f"join {join.name}: {missing_column(their, target, theirs)}"
        elif ours is not None and theirs is not None:
            left, right = column_type(ours.type_name(our)), column_type(theirs.type_name(their))
            if left and right and _family(left) != _family(right):
                yield (
                    f"join {join.name}: {our} is {ours.type_name(our)} and {their} is {theirs.type_name(their)};"
                    " a join needs equal types"
                )


def _family(type_: ColumnType) -> ColumnType:
    return ColumnType.NUMBER if type_ is ColumnType.INTEGER else type_


def _time_message(name: str, model: Model) -> str:
    dimension = model.dimensions.get(name)
    times = [other.name for other in model.dimensions.values() if other.is_time]
    if dimension is None:
        return f"model {model.name} has no dimension {name}. {suggestion(name, times)}"
    if not dimension.is_time:
        return f"{name} is not a time dimension; give it `type: time`, or name one that is"
    return ""


def _walk(name: str, trail: list[str], done: set[str], definitions: Definitions) -> Iterator[Problem]:
    if name in trail:
        circle = [*trail[trail.index(name) :], name]
        metric = definitions.metrics[min(circle)]
        message = f"metric {metric.name} is made of itself: {' -> '.join(circle)}"
        yield _of_metric(metric, message)
        return
    if name in done or name not in definitions.metrics:
        return
    if len(trail) == MAX_DEPTH:
        metric = definitions.metrics[trail[0]]
        message = f"metric {metric.name} is made of metrics more than {MAX_DEPTH} deep; name a nearer one"
        yield _of_metric(metric, message)
        return
    trail.append(name)
    for other in metric_inputs(definitions.metrics[name], definitions.models):
        yield from _walk(other, trail, done, definitions)
    trail.pop()
    done.add(name)
