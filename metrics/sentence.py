"""A question as one plain English sentence, for the line under a number and for people who do not read SQL."""

import datetime as dt
from collections.abc import Callable, Sequence

from metrics.filter import (
    Among,
    Compare,
    Comparison,
    Empty,
    Every,
    Filter,
    Like,
    Not,
    OneOf,
    Some,
    Value,
    Within,
    write_value,
)  # fmt: skip
from metrics.plan import Plan
from metrics.shift import TARGET, parse_shift

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {
    Comparison.EQUAL: "is",
    Comparison.NOT_EQUAL: "is not",
    Comparison.LESS: "is less than",
    Comparison.AT_MOST: "is at most",
    Comparison.GREATER: "is more than",
    Comparison.AT_LEAST: "is at least",
}
_MAX_VALUES = 5


def write_sentence(plan: Plan) -> str:
    """The sentence of a plan, such as `Win rate by region and quarter, close date from 1 Jan 2017 to 31 Dec 2017.`"""
    query = plan.query
    labels = [metric.label for metric in plan.metrics]
    parts = [_listed([labels[0], *(inside(label) for label in labels[1:])])]
    splits = [inside(dimension.label) for dimension in plan.parts[0].by] + ([query.grain] if query.grain else [])
    if splits:
        parts.append(f" by {_listed(splits)}")
    if dates := _dates(query.start, query.end):
        parts.append(f", {_times(plan)} {dates}")
    if plan.filter is not None:
        parts.append(
            f", where {write_condition(plan.filter, lambda name: inside(plan.parts[0].dimensions[name].label))}"
        )
    parts += _options(plan)
    if query.order:
        parts.append(f", {_order(plan)}")
    if query.limit is not None:
        parts.append(", first row only" if query.limit == 1 else f", at most {query.limit:,} rows")
    sentence = "".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _options(plan: Plan) -> list[str]:
    """What else was asked: comparisons, the largest members, conditions on values, totals and empty periods."""
    query, parts = plan.query, []
    if query.compare:
        labels = [text if text == TARGET else parse_shift(text).label for text in query.compare]
        parts.append(f", compared with {_listed(labels)}")
    if query.top is not None:
        first, metric = inside(plan.parts[0].by[0].label), inside(plan.metrics[0].label)
        members = f"the {query.top:,} members" if query.top > 1 else "the member"
        parts.append(f", {members} of {first} with the highest {metric} and all others together")
    if plan.having is not None:
        labels_of = {output.column.name: inside(output.column.label) for output in plan.outputs}
        labels_of |= {name: inside(dimension.label) for name, dimension in plan.parts[0].dimensions.items()}
        parts.append(f", rows whose {write_condition(plan.having, lambda name: labels_of.get(name, name))}")
    if query.has_totals:
        parts.append(", with totals")
    if query.is_filled:
        parts.append(", with empty periods")
    return parts


def write_date(day: dt.date) -> str:
    """A date as people write it.

    >>> write_date(dt.date(2017, 1, 1))
    '1 Jan 2017'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def inside(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an abbreviation such as ARR."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _listed(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def _dates(start: dt.date | None, end: dt.date | None) -> str:
    if start is not None and start == end:
        return f"on {write_date(start)}"
    words = [f"from {write_date(start)}"] if start is not None else []
    if end is not None:
        words.append(f"to {write_date(end)}" if words else f"until {write_date(end)}")
    return " ".join(words)


def _times(plan: Plan) -> str:
    labels = dict.fromkeys(inside(part.time.label) for part in plan.parts if part.time is not None)
    return _listed(list(labels))


def _order(plan: Plan) -> str:
    labels = {metric.name: inside(metric.label) for metric in plan.metrics}
    labels |= {name: inside(dimension.label) for name, dimension in plan.parts[0].dimensions.items()}
    items = []
    for sort in plan.order[: len(plan.query.order)]:
        label = labels.get(sort.column, sort.column)
        is_metric = any(metric.name == sort.column for metric in plan.metrics)
        first = ("highest " if sort.is_descending else "lowest ") if is_metric else ""
        items.append(
            f"{first}{label} first" if is_metric else f"by {label}{' descending' if sort.is_descending else ''}"
        )
    return ", then ".join(items)


def write_condition(filter_: Filter, label: Callable[[str], str]) -> str:
    """A filter as a clause, such as `region is EMEA and stage is not Lost`."""
    match filter_:
        case Every(conditions=parts):
            texts = [write_condition(part, label) for part in parts]
            return " and ".join(
                f"({text})" if isinstance(part, Some) else text for part, text in zip(parts, texts, strict=True)
            )
        case Some(conditions=parts):
            return " or ".join(write_condition(part, label) for part in parts)
        case Not(condition=inner):
            return f"not ({write_condition(inner, label)})"
        case Compare(dimension=name, comparison=comparison, value=value):
            return f"{label(name)} {_WORDS[comparison]} {_value(value)}"
        case OneOf(dimension=name, values=values, is_negated=is_negated):
            shown = [_value(value) for value in values[:_MAX_VALUES]]
            if len(values) > _MAX_VALUES:
                shown.append(f"{len(values) - _MAX_VALUES:,} more values")
            return f"{label(name)} is {'none of' if is_negated else 'one of'} {_listed(shown)}"
        case Within(dimension=name, low=low, high=high, is_negated=is_negated):
            return f"{label(name)} is {'not ' if is_negated else ''}between {_value(low)} and {_value(high)}"
        case Like(dimension=name, pattern=pattern, is_negated=is_negated):
            return f"{label(name)} is {'not ' if is_negated else ''}like {write_value(pattern)}"
        case Empty(dimension=name, is_negated=is_negated):
            return f"{label(name)} is {'not ' if is_negated else ''}empty"
        case Among(name=name):
            return f"in the cohort {name}"


def _value(value: Value) -> str:
    """Text as it is, in quotes only where it would not read as one word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if value.strip() == value and value and len(value) <= 60 else write_value(value[:60])
    return write_value(value)
