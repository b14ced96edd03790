"""Checks policies against the definitions and the store: what a policy names must be there."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from core.errors import RefusedError
from core.names import suggestion
from metrics.catalog import Catalog
from metrics.errors import Problem
from metrics.policy.spec import ColumnRule, DimensionRule, FollowRule, Policy

Columns = Mapping[str, Collection[str]]


def check_policies(
    policies: Iterable[Policy], catalog: Catalog | None, columns: Columns, roles: Collection[str]
) -> list[Problem]:
    """Every problem: unknown roles, tables, columns and dimensions. `columns` are those of the store, by table."""
    return [
        Problem(file=policy.file, line=line, message=f"policy {policy.name}: {message}")
        for policy in policies
        for line, message in _problems(policy, catalog, columns, roles)
    ]


def _problems(
    policy: Policy, catalog: Catalog | None, columns: Columns, roles: Collection[str]
) -> Iterator[tuple[int, str]]:
    for role in policy.roles:
        if role not in roles:
            yield 1, f"there is no role {role}. {suggestion(role, roles)}"
    for table in policy.open:
        if table not in columns:
            yield 1, f"`open` names {table}, which is no table of the store. {suggestion(table, columns)}"
    for rule in policy.rows:
        match rule:
            case DimensionRule():
                message = dimension_problem(rule.dimension, catalog)
                if message:
                    yield rule.line, message
            case ColumnRule():
                yield from _column_problems(rule.table, rule.column, columns, rule.line)
            case FollowRule():
                yield from _column_problems(rule.table, rule.column, columns, rule.line)
                yield from _column_problems(rule.other, rule.key, columns, rule.line)
    for mask in policy.columns:
        yield from _column_problems(mask.table, mask.column, columns, mask.line)
    yield from _circles(policy)


def _circles(policy: Policy) -> Iterator[tuple[int, str]]:
    """Tables that follow each other in a circle: none of their rows could ever be told."""
    leads = {rule.table: rule.other for rule in policy.rows if isinstance(rule, FollowRule)}
    for rule in policy.rows:
        if not isinstance(rule, FollowRule):
            continue
        seen, here = {rule.table}, rule.other
        while here in leads and here not in seen:
            seen.add(here)
            here = leads[here]
        if here == rule.table:
            yield rule.line, f"{rule.table} follows {rule.other}, which leads back to {rule.table}"


def _column_problems(table: str, column: str, columns: Columns, line: int) -> Iterator[tuple[int, str]]:
    if table not in columns:
        yield line, f"there is no table {table} in the store. {suggestion(table, columns)}"
    elif column not in columns[table]:
        yield line, f"table {table} has no column {column}. {suggestion(column, columns[table])}"


def dimension_problem(name: str, catalog: Catalog | None) -> str:
    """Why tables cannot be told by a dimension; empty where they can. One table in doubt is one too many."""
    if catalog is None:
        return f"the dimension {name} needs metric definitions, and there are none"
    is_known = False
    for model, reach in catalog.reaches.items():
        try:
            found = reach.find(name) if catalog.models[model].table is not None else None
        except RefusedError as error:
            return error.message
        if found is not None and found.problem is not None:
            return f"the dimension {name} of {model} cannot be used: {found.problem.reason}"
        is_known = is_known or found is not None
    if is_known:
        return ""
    known = {dimension for model in catalog.models.values() for dimension in model.dimensions}
    return f"there is no dimension {name}. {suggestion(name, known)}"
