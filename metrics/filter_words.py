"""Filter text as plain English, for who reads a number and not its definition."""

from collections.abc import Mapping

from metrics.catalog import Catalog
from metrics.filter_text import parse_filter
from metrics.segments import expand_segments
from metrics.sentence import inside, write_condition


def write_filter(text: str, catalog: Catalog, labels: Mapping[str, str]) -> str:
    """The condition of a filter, segments by what they mean; `labels` are those of dimensions. Raises InvalidError."""
    filter_ = expand_segments(parse_filter(text), catalog.segments)
    return write_condition(filter_, lambda name: inside(labels.get(name, name.replace("_", " "))))
