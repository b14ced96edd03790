"""From the policies of a tenant to what one reader sees.

Within a role every rule of every policy must hold; of several roles each adds its rows, and a role that no policy binds
adds all. Columns are masked only where every role masks them.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlglot import exp

from core.errors import RefusedError
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.guard import closed
from metrics.lowering import join_clause, model_source, name
from metrics.policy.rules import check_policies
from metrics.policy.spec import ColumnRule, DimensionRule, FollowRule, Mask, Policy, Reader, RowRule, Values
from metrics.policy.view import Condition, ReaderView, TableView
from metrics.reach import Dimension, path_alias

Columns = Mapping[str, Collection[str]]
# Of many values the sentence tells so many.
_TOLD = 6


def resolve(policies: Iterable[Policy], catalog: Catalog | None, columns: Columns, reader: Reader) -> ReaderView | None:
    """What the reader sees of the tables in `columns`; None where no policy binds them.

    Raises RefusedError for a policy that names what is no longer there.
    """
    every = tuple(policies)
    by_role = [[policy for policy in every if role in policy.roles] for role in reader.roles]
    if not by_role or any(not bound for bound in by_role):
        return None
    bound = tuple({policy.name: policy for found in by_role for policy in found}.values())
    _require_sound(bound, catalog, columns)
    parts = [_RoleView(found, catalog, columns, reader) for found in by_role]
    views = {table: view for table in columns if (view := _combined(table, columns, parts)) is not None}
    return ReaderView(
        policies=tuple(policy.name for policy in bound),
        sentence=_sentence(bound, reader),
        key=_key(bound, reader),
        tables=views,
        salt=reader.salt,
    )


def _require_sound(policies: Iterable[Policy], catalog: Catalog | None, columns: Columns) -> None:
    roles = {role for policy in policies for role in policy.roles}
    problems = check_policies(policies, catalog, columns, roles)
    if problems:
        raise RefusedError(
            f"Nothing is shown, because a row policy no longer fits the data: {problems[0].message}. "
            "An administrator has to mend it."
        )


class _RoleView:
    """The conditions that the policies of one role put on each table."""

    def __init__(self, policies: Sequence[Policy], catalog: Catalog | None, columns: Columns, reader: Reader) -> None:
        self._catalog, self._reader = catalog, reader
        self.conditions: dict[str, list[Condition]] = {}
        self.masks: dict[str, dict[str, Mask]] = {}
        self.whole = _whole_tables(policies, columns)
        for policy in policies:
            for rule in policy.rows:
                self._add(rule)
            for mask in policy.columns:
                self.masks.setdefault(mask.table, {})[mask.column] = mask.mask

    def sees(self, table: str) -> bool:
        """Whether any row of the table can be seen."""
        return table in self.whole or table in self.conditions

    def condition(self, table: str) -> Condition | None:
        """The condition on a table's rows, None where all are seen."""
        found = self.conditions.get(table)
        return _all_of(found) if found else None

    def _add(self, rule: RowRule) -> None:
        match rule:
            case DimensionRule():
                for table, condition in self._by_dimension(rule).items():
                    self.conditions.setdefault(table, []).append(condition)
            case ColumnRule():
                values = self._reader_values(rule.values)
                self.conditions.setdefault(rule.table, []).append(_column_condition(rule.column, values))
            case FollowRule():
                self.conditions.setdefault(rule.table, []).append(self._following(rule))

    def _by_dimension(self, rule: DimensionRule) -> dict[str, Condition]:
        """The condition for the table of each model that reaches the dimension."""
        values = self._reader_values(rule.values)
        found: dict[str, list[Condition]] = {}
        catalog = self._catalog
        for model_name, reach in (catalog.reaches if catalog else {}).items():
            model = catalog.models[model_name] if catalog else None
            dimension = reach.find(rule.dimension)
            if catalog is None or model is None or model.table is None or dimension is None:
                continue
            found.setdefault(model.table, []).append(_dimension_condition(dimension, values, catalog))
        return {table: _all_of(conditions) for table, conditions in found.items()}

    def _following(self, rule: FollowRule) -> Condition:
        def build(alias: str, binder: Binder) -> exp.Expr:
            inner = f"{rule.other} followed"
            meets = exp.EQ(this=_column(inner, rule.key), expression=_column(alias, rule.column))
            seen: list[exp.Expr] = [meets]
            if not self.sees(rule.other):
                return exp.false()
            condition = self.condition(rule.other)
            if condition is not None:
                seen.append(exp.Paren(this=condition(inner, binder)))
            return _exists(exp.Table(this=name(rule.other), alias=exp.TableAlias(this=name(inner))), [], seen)

        return build

    def _reader_values(self, values: Values) -> tuple[object, ...]:
        return values.literals if values.attribute is None else self._reader.values(values.attribute)


def _whole_tables(policies: Sequence[Policy], columns: Columns) -> frozenset[str]:
    """The tables that are open: to every policy that restricts rows at all, all of them where none does."""
    restricting = [policy for policy in policies if policy.rows]
    found = frozenset(columns)
    for policy in restricting:
        found &= frozenset(policy.open)
    return found


def _combined(table: str, columns: Columns, parts: Sequence[_RoleView]) -> TableView | None:
    """A table under all roles of a reader: any of them may show a row, all of them must mask a column."""
    seeing = [part for part in parts if part.sees(table)]
    if not seeing:
        return None
    conditions = [part.condition(table) for part in seeing]
    known = [condition for condition in conditions if condition is not None]
    condition = None if len(known) < len(conditions) else _any_of(known)
    masks = {
        column: mask
        for column, mask in seeing[0].masks.get(table, {}).items()
        if all(column in part.masks.get(table, {}) for part in seeing)
    }
    return TableView(columns=tuple(columns[table]), condition=condition, masks=masks)


def _dimension_condition(dimension: Dimension, values: tuple[object, ...], catalog: Catalog) -> Condition:
    def build(alias: str, binder: Binder) -> exp.Expr:
        if not values:
            return exp.false()
        if not dimension.path:
            return _one_of(closed(dimension.definition.scalar.on(alias)), values, binder)
        first = dimension.path[0]
        reached = path_alias(dimension.path[:1])
        meets: list[exp.Expr] = [
            exp.EQ(this=_column(reached, theirs), expression=_column(alias, ours)) for ours, theirs in first.on
        ]
        joins = [join_clause(dimension.path[:length], catalog) for length in range(2, len(dimension.path) + 1)]
        meets.append(_one_of(dimension.operand(), values, binder))
        return _exists(model_source(catalog.models[first.to], reached), joins, meets)

    return build


def _column_condition(column: str, values: tuple[object, ...]) -> Condition:
    def build(alias: str, binder: Binder) -> exp.Expr:
        return _one_of(_column(alias, column), values, binder) if values else exp.false()

    return build


def _one_of(value: exp.Expr, values: tuple[object, ...], binder: Binder) -> exp.Expr:
    """Compared as text: a value that does not fit the column's type matches no row, and is no error."""
    text = exp.Cast(this=value, to=exp.DataType.build("text"))
    return exp.In(this=text, expressions=[binder.bind(str(one)) for one in values])


def _exists(source: exp.Expr, joins: list[exp.Join], conditions: Sequence[exp.Expr]) -> exp.Expr:
    # A row is kept or not, never repeated, whatever the join finds.
    found = exp.Select(
        expressions=[exp.Literal.number(1)],
        from_=exp.From(this=source),
        joins=joins,
        where=exp.Where(this=exp.and_(*conditions, copy=False)),
    )
    return exp.Exists(this=found)


def _all_of(conditions: Sequence[Condition]) -> Condition:
    return _joined(conditions, exp.and_)


def _any_of(conditions: Sequence[Condition]) -> Condition:
    return _joined(conditions, exp.or_)


def _joined(conditions: Sequence[Condition], connect: Callable[..., exp.Expr]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return lambda alias, binder: exp.Paren(this=connect(*(one(alias, binder) for one in conditions), copy=False))


def _column(alias: str, column: str) -> exp.Column:
    return exp.Column(this=name(column), table=name(alias))


def _sentence(policies: Sequence[Policy], reader: Reader) -> str:
    """Whose rows these are, in words."""
    limits = (_limit(rule, reader) for policy in policies for rule in policy.rows)
    words = list(dict.fromkeys(limit for limit in limits if limit))
    names = ", ".join(policy.name for policy in policies)
    return f"Rows where {' and '.join(words)} (policy {names})." if words else f"All rows (policy {names})."


def _limit(rule: RowRule, reader: Reader) -> str:
    if isinstance(rule, FollowRule):
        return ""
    what = rule.dimension if isinstance(rule, DimensionRule) else rule.column
    values = rule.values.literals if rule.values.attribute is None else reader.values(rule.values.attribute)
    words = [*map(str, values[:_TOLD]), *([f"{len(values) - _TOLD} others"] if len(values) > _TOLD else [])]
    return f"{what} is {' or '.join(words) or 'nothing, as the member has no such attribute'}"


def _key(policies: Sequence[Policy], reader: Reader) -> str:
    """A digest of everything that decides the rows."""
    used = sorted(
        {
            rule.values.attribute
            for policy in policies
            for rule in policy.rows
            if not isinstance(rule, FollowRule) and rule.values.attribute is not None
        }
    )
    facts = [
        [repr(policy) for policy in policies],
        sorted(reader.roles),
        {attribute: reader.values(attribute) for attribute in used},
    ]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()
