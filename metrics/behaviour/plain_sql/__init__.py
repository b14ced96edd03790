"""Funnels and retention as one plain SQL statement, for engines that cannot run the kernels; the counts are equal.

Window functions and CASE alone, written as a tree that sqlglot renders for any of its dialects. Nothing is executed
here: the rows that an engine answers with are handed back to `part_of_rows` and `retention_of_rows`.
"""

from metrics.behaviour.plain_sql.funnel import funnel_sql, part_of_rows
from metrics.behaviour.plain_sql.relation import EventRelation
from metrics.behaviour.plain_sql.retention import retention_of_rows, retention_sql

__all__ = ["EventRelation", "funnel_sql", "part_of_rows", "retention_of_rows", "retention_sql"]
