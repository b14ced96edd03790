"""What a metric names beside its inputs exists and fits: ends of snapshots, events of conversions, filters, targets."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.errors import RefusedError
from core.names import suggestion
from core.result import ColumnType
from metrics.errors import Part, Problem
from metrics.filter import Filter, conditions_of
from metrics.frame import Reach as WindowReach
from metrics.leaf import Conversion, Leaf
from metrics.reach import Reach
from metrics.schema import column_type, missing_column
from metrics.spec import EventModel, Metric, Model, Temporal
from metrics.text_growth import STORED_CHARACTERS, check_growth

if TYPE_CHECKING:
    from metrics.rules import Definitions


def check_references(definitions: "Definitions") -> Iterator[Problem]:
    """Every problem of what metrics name in their own model and in those of their events and targets."""
    reaches: dict[str, Reach] = {}
    for metric in definitions.metrics.values():
        for message in dict.fromkeys(_messages(metric, definitions, reaches)):
            text = f"metric {metric.name}: {message}"
            yield Problem(file=metric.file, line=metric.line, message=text, part=Part.METRIC, name=metric.name)


def check_pipelines(definitions: "Definitions") -> Iterator[Problem]:
    """The columns of a pipeline exist; its changes have a time, and a key for those at one moment."""
    for model in definitions.models.values():
        pipeline, columns = model.pipeline, definitions.columns[model.name]
        if pipeline is None:
            continue
        messages = (
            []
            if columns is None
            else [
                missing_column(name, model, columns)
                for name in (pipeline.entity, pipeline.amount, pipeline.close, pipeline.stage)
                if name not in columns
            ]
        )
        if model.time is None or not model.key:
            messages.append(f"model {model.name} needs a `time` and a `key`")
        for message in messages:
            text = f"`pipeline` of model {model.name}: {message}"
            yield Problem(file=model.file, line=pipeline.line, message=text, part=Part.PIPELINE)


def check_calendars(definitions: "Definitions") -> Iterator[Problem]:
    """The columns of a calendar exist, its day is a date, and no other calendar has a grain of that name."""
    owners: dict[str, str] = {}
    for model in definitions.models.values():
        calendar, columns = model.calendar, definitions.columns[model.name]
        if calendar is None:
            continue
        messages = []
        if columns is not None:
            asked = (calendar.day, *calendar.grains.values())
            messages += [missing_column(name, model, columns) for name in asked if name not in columns]
            kind = columns.types.get(calendar.day.casefold())
            if kind is not None and kind != "DATE":
                messages.append(f"{calendar.day} is {kind}; the day of a calendar is a DATE")
        for name in calendar.grains:
            if name in owners:
                messages.append(f"grain {name} is already that of model {owners[name]}; give it another name")
            owners.setdefault(name, model.name)
        for message in messages:
            text = f"`calendar` of model {model.name}: {message}"
            yield Problem(file=model.file, line=calendar.line, message=text, part=Part.CALENDAR)


def check_event_models(definitions: "Definitions") -> Iterator[Problem]:
    """The event is a dimension of the model, its columns exist, and events have a time."""
    for model in definitions.models.values():
        events = model.events
        if events is None:
            continue
        for message in _event_messages(model, events, definitions):
            text = f"`events` of model {model.name}: {message}"
            yield Problem(file=model.file, line=events.line, message=text, part=Part.EVENTS)


def _event_messages(model: Model, events: EventModel, definitions: "Definitions") -> Iterator[str]:
    if model.time is None:
        yield f"events have a time, so model {model.name} needs a `time`"
    if events.event not in model.dimensions:
        yield f"model {model.name} has no dimension {events.event}. {suggestion(events.event, model.dimensions)}"
    columns = definitions.columns[model.name]
    wanted = [*(entity.column for entity in events.entities.values()), *([events.value] if events.value else [])]
    if columns is not None:
        yield from (missing_column(name, model, columns) for name in dict.fromkeys(wanted) if name not in columns)
    reach = Reach(model, definitions.models)
    named = [(entity.title, "to name an entity") for entity in events.entities.values()]
    for name, why in (*named, (events.channel, "to be the channel"), (events.variant, "to be the variant")):
        try:
            if name is not None and reach.find(name) is None:
                yield f"there is no dimension {name} {why}. {suggestion(name, reach.names())}"
        except RefusedError as error:
            yield error.message
    if events.cost is not None and events.cost not in definitions.metrics:
        yield f"there is no metric {events.cost} to be the cost. {suggestion(events.cost, definitions.metrics)}"


def _messages(metric: Metric, definitions: "Definitions", reaches: dict[str, Reach]) -> Iterator[str]:
    if metric.target is not None and metric.target not in definitions.metrics:
        yield f"there is no metric {metric.target} to be its `target`. {suggestion(metric.target, definitions.metrics)}"
    if metric.recipe is None:
        return
    own = definitions.models[metric.model]
    for place, name in enumerate(metric.inputs):
        other = definitions.metrics.get(name)
        model = own if name in own.measures or other is None else definitions.models[other.model]
        # Filters of an input are over the model it counts; what else an input narrows belongs to measures alone.
        leaf = metric.recipe.narrow(place, Leaf(model=model.name, measure=name, time=metric.time))
        for filter_ in leaf.where:
            yield from _filter_messages(filter_, model, definitions, reaches)
        if name in own.measures:
            yield from _window_messages(leaf, own)
            if leaf.conversion is not None:
                yield from _conversion_messages(leaf, leaf.conversion, own, definitions)


def _filter_messages(
    filter_: Filter, model: Model, definitions: "Definitions", reaches: dict[str, Reach]
) -> Iterator[str]:
    if model.name not in reaches:
        reaches[model.name] = Reach(model, definitions.models)
    reach = reaches[model.name]
    for condition in conditions_of(filter_):
        try:
            if reach.find(condition.dimension) is None:
                known = suggestion(condition.dimension, reach.names())
                yield f"model {model.name} reaches no dimension {condition.dimension} to filter by. {known}"
        except RefusedError as error:
            yield error.message


def _window_messages(leaf: Leaf, model: Model) -> Iterator[str]:
    frame = leaf.frame
    if not frame.is_plain and leaf.time is None:
        yield f"it is counted over time, so it or model {model.name} needs a `time`"
    if frame.reach is not WindowReach.SNAPSHOT:
        return
    if frame.entity is not None:
        if frame.entity not in model.dimensions:
            yield f"model {model.name} has no dimension {frame.entity}. {suggestion(frame.entity, model.dimensions)}"
        if not model.key:
            yield f"of changes at one moment the last key counts, so model {model.name} needs a `key`"
    if frame.until is not None:
        end = model.dimensions.get(frame.until)
        times = [name for name, dimension in model.dimensions.items() if dimension.is_time]
        if end is None or not end.is_time:
            yield f"`until` is {frame.until}, which is no time dimension. {suggestion(frame.until, times)}"
        elif not _match(_temporal(model, leaf.time), end.temporal):
            yield f"{leaf.time} and {frame.until} are of different types; a snapshot needs both to be of one"


def _conversion_messages(leaf: Leaf, conversion: Conversion, model: Model, definitions: "Definitions") -> Iterator[str]:
    target = definitions.models.get(conversion.model)
    if target is None:
        yield f"there is no model {conversion.model}. {suggestion(conversion.model, definitions.models)}"
        return
    if conversion.measure not in target.measures:
        known = suggestion(conversion.measure, target.measures)
        yield f"model {target.name} has no measure {conversion.measure}. {known}"
    for one, time in ((model, leaf.time), (target, target.time)):
        if time is None:
            yield f"a conversion needs a `time` in model {one.name}"
    if not _match(_temporal(model, leaf.time), _temporal(target, target.time)):
        yield f"the times of {model.name} and {target.name} are of different types; a conversion needs one type"
    types = []
    for one, name in ((model, conversion.entity), (target, conversion.their_entity)):
        columns = definitions.columns[one.name]
        if columns is not None and name not in columns:
            yield missing_column(name, one, columns)
        elif columns is not None:
            types.append((name, _family(columns.type_name(name))))
    if len(types) == 2 and None not in {types[0][1], types[1][1]} and types[0][1] != types[1][1]:
        (ours, our_type), (theirs, their_type) = types
        yield f"{ours} is {our_type} and {theirs} is {their_type}; an entity has one type in both models"


def _family(type_name: str | None) -> ColumnType | None:
    found = column_type(type_name) if type_name else None
    return ColumnType.NUMBER if found is ColumnType.INTEGER else found


def _temporal(model: Model, time: str | None) -> Temporal | None:
    dimension = model.dimensions.get(time) if time else None
    return dimension.temporal if dimension else None


def _match(one: Temporal | None, other: Temporal | None) -> bool:
    """Whether two times can be compared, as far as is known."""
    return one is None or other is None or one is other


def check_segments(definitions: "Definitions") -> Iterator[Problem]:
    """The name of a segment is one of its own in the tenant, and its dimensions are within reach of its model."""
    homes: dict[str, Model] = {}
    for model in definitions.models.values():
        reach = Reach(model, definitions.models)
        for name, filter_ in model.segments.items():
            if name in homes:
                message = f"segment {name} is already defined in {homes[name].file}; rename one of them"
                yield Problem(file=model.file, line=model.line, message=message)
            homes.setdefault(name, model)
            for dimension in dict.fromkeys(condition.dimension for condition in conditions_of(filter_)):
                if not reach.has(dimension):
                    known = suggestion(dimension, reach.names())
                    message = f"segment {name} of model {model.name}: there is no dimension {dimension}. {known}"
                    yield Problem(file=model.file, line=model.line, message=message)


def check_text_growth(definitions: "Definitions") -> Iterator[Problem]:
    """What an expression makes of the texts of a model's SELECT stays short; over a table it was checked as it is."""
    for model in definitions.models.values():
        if model.query is None:
            continue
        column = check_growth(model.query, f"`sql` of model {model.name}")
        dimensions = [(Part.DIMENSION, one.name, one.line, one.scalar) for one in model.dimensions.values()]
        measures = [(Part.MEASURE, one.name, one.line, one.scalar) for one in model.measures.values() if one.scalar]
        for part, name, line, scalar in [*dimensions, *measures]:
            try:
                check_growth(scalar.tree, f"{part} {name}", column=max(column, STORED_CHARACTERS))
            except RefusedError as error:
                yield Problem(file=model.file, line=line, message=error.message, part=part, name=name)
