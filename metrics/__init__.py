"""The metrics layer: every number defined once, and questions about them compiled to SQL.

Knows nothing of tenants, members, stores or the web: definitions and a question in, SQL with bound values out.
"""

from metrics.aggregation import Aggregation
from metrics.catalog import Catalog, load_catalog
from metrics.compile import compile_query
from metrics.compile_once import compile_once
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.errors import DefinitionError, Problem
from metrics.filter import Filter
from metrics.filter_text import parse_filter
from metrics.filter_words import write_filter
from metrics.keys import compile_key_check
from metrics.members import compile_members
from metrics.query import AnyGrain, Grain, MetricQuery, OwnGrain, parse_grain
from metrics.reach import Dimension
from metrics.rows import compile_rows
from metrics.spec import Better, Metric, Model

__all__ = [
    "Aggregation",
    "AnyGrain",
    "Better",
    "Catalog",
    "CompileContext",
    "CompiledQuery",
    "DefinitionError",
    "Dimension",
    "Filter",
    "Grain",
    "Lineage",
    "Metric",
    "MetricQuery",
    "Model",
    "OwnGrain",
    "Problem",
    "compile_key_check",
    "compile_members",
    "compile_once",
    "compile_query",
    "compile_rows",
    "load_catalog",
    "parse_filter",
    "parse_grain",
    "write_filter",
]
