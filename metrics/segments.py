"""Filters with a name: a question says `saved_segment = 'key_accounts'`, and the conditions of the segment hold.

They are put in the place of their names before anything else is done with a filter, so that all else knows conditions.
"""

from collections.abc import Mapping, Sequence

from core.errors import InvalidError
from core.names import suggestion
from metrics.filter import Compare, Comparison, Every, Filter, Not, OneOf, Some

SEGMENT = "saved_segment"


def expand_segments(filter_: Filter, segments: Mapping[str, Filter]) -> Filter:
    """The filter with the conditions of its segments. Raises InvalidError for an unknown one."""
    match filter_:
        case Every(conditions=parts):
            return _every([expand_segments(part, segments) for part in parts])
        case Some(conditions=parts):
            return _some([expand_segments(part, segments) for part in parts])
        case Not(condition=inner):
            return Not(condition=expand_segments(inner, segments))
        case Compare(dimension=name, comparison=Comparison.EQUAL, value=value) if name == SEGMENT:
            return _segment(value, segments)
        case Compare(dimension=name, comparison=Comparison.NOT_EQUAL, value=value) if name == SEGMENT:
            return Not(condition=_segment(value, segments))
        case OneOf(dimension=name, values=values, is_negated=is_negated) if name == SEGMENT:
            found = _some([_segment(value, segments) for value in values])
            return Not(condition=found) if is_negated else found
        case _ if getattr(filter_, "dimension", None) == SEGMENT:
            raise InvalidError(f"Write {SEGMENT} = 'name', {SEGMENT} != 'name' or {SEGMENT} IN ('name', 'other').")
        case _:
            return filter_


def _segment(value: object, segments: Mapping[str, Filter]) -> Filter:
    if value not in segments:
        raise InvalidError(f"There is no segment {value}. {suggestion(str(value), segments)}")
    return segments[str(value)]


def _every(parts: Sequence[Filter]) -> Filter:
    flat = [one for part in parts for one in (part.conditions if isinstance(part, Every) else (part,))]
    return flat[0] if len(flat) == 1 else Every(conditions=tuple(flat))


def _some(parts: Sequence[Filter]) -> Filter:
    flat = [one for part in parts for one in (part.conditions if isinstance(part, Some) else (part,))]
    return flat[0] if len(flat) == 1 else Some(conditions=tuple(flat))
