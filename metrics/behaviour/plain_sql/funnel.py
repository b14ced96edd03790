"""A funnel as one SQL statement: a common table expression for each step, whose windows look back for the last start.

A later start is never worse, because it leaves more of the window; so the latest one from which a row can be reached is
enough, and no row is joined to another.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from core.errors import InvalidError
from metrics.behaviour.funnel_part import FunnelPart
from metrics.behaviour.plain_sql.relation import EventRelation, column_of, flag, is_one_of
from metrics.behaviour.spec import Attribution, Entry, Exclusion, FunnelSpec, Order
from metrics.behaviour.walk import window_us

_BEFORE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_SO_FAR = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


def funnel_sql(spec: FunnelSpec, events: EventRelation) -> exp.Select:
    """The statement that answers with a row for each value of the breakdown, or one row; see `part_of_rows`.

    Raises InvalidError for what the kernels alone count: attempts, limits between steps, and repeated steps in any
    order.
    """
    _refuse(spec)
    steps = range(len(spec.steps))
    groups = ", ".join(["entity", *(f"held{number}" for number in range(len(spec.held)))])
    within = f"PARTITION BY {groups}, part ORDER BY place"
    marked = events.select(_marks(spec, events))
    placed = exp.select("*", f"ROW_NUMBER() OVER (PARTITION BY {groups} ORDER BY time, rank, ordinal) AS place")
    parted = exp.select("*", _part(spec, groups) + " AS part")
    tree = exp.select().with_("marked", marked).with_("placed", placed.from_("marked"))
    tree = tree.with_("walk", parted.from_("placed"))
    source = "walk"
    for step in steps:
        tree = tree.with_(f"walk{step}", exp.select("*", *_step(spec, step, within)).from_(source))
        source = f"walk{step}"
    tree = tree.with_("reached", exp.select("*", *_reached(spec), _is_bad(spec, groups)).from_(source))
    best = "ROW_NUMBER() OVER (PARTITION BY entity ORDER BY reach DESC, time, place) AS nth"
    tree = tree.with_("ranked", exp.select("*", best, _is_out(spec, groups)).from_("reached"))
    tree = tree.with_("outs", exp.select("entity", "MAX(is_out) AS is_gone").from_("ranked").group_by("entity"))
    kept = exp.select("r.*", "o.is_gone").from_("ranked AS r").join("outs AS o", on="o.entity = r.entity")
    tree = tree.with_("chosen", kept.where("r.nth = 1"))
    value = "NULL"
    if spec.breakdown is not None:
        value = "w.value"
        same = " AND ".join(
            ["w.entity = c.entity", "w.place = c.begun", *(f"{_same(f'held{n}')}" for n in range(len(spec.held)))]
        )
        tree = tree.from_("chosen AS c").join("walk AS w", on=same, join_type="left")
    else:
        tree = tree.from_("chosen AS c")
    counted = [
        f"SUM(CASE WHEN c.is_gone = 0 AND c.reach > {step} THEN 1 ELSE 0 END) AS reached{step}" for step in steps
    ]
    tree = tree.select(f"{value} AS value", *counted, "SUM(c.is_gone) AS dropped")
    return tree.group_by(value) if spec.breakdown is not None else tree


def part_of_rows(rows: Iterable[Sequence[object]], spec: FunnelSpec) -> FunnelPart:
    """The counts that an engine answered with; it tells neither which rows nor which events are missing."""
    named = [name for step in spec.steps for name in step.events]
    found = [(row[0], tuple(_whole(one) for one in row[1:])) for row in rows]
    sums = [sum(counts[place] for _, counts in found) for place in range(len(spec.steps) + 1)]
    by = {None if value is None else str(value): counts[:-1] for value, counts in found if counts[0]}
    return FunnelPart(
        reached=tuple(sums[:-1]), by=by if spec.breakdown is not None else {}, dropped=sums[-1],
        lost_entities=0, lost_times=0, events=frozenset([*named, *spec.excluded]),
    )  # fmt: skip


def _refuse(spec: FunnelSpec) -> None:
    repeated = len({step.events for step in spec.steps}) < len(spec.steps)
    is_plain = spec.session_gap is None and spec.entry is Entry.EVERY and not spec.grace
    if spec.order is Order.ANCHORED or not is_plain or spec.attribution is not Attribution.FIRST:
        raise InvalidError("Plain SQL has no anchor, grace, session, entry, attribution; let the kernels count this.")
    if spec.counts_attempts or any(one is not None for one in spec.limits):
        raise InvalidError("Plain SQL counts entities without limits between steps; let the kernels count this one.")
    if spec.order is Order.ANY and repeated:
        raise InvalidError("Plain SQL counts steps in any order when none is repeated; let the kernels count this one.")


def _marks(spec: FunnelSpec, events: EventRelation) -> list[exp.Expr]:
    """Who, when, which steps a row serves, whether it is excluded, and its place among rows of its moment."""
    event = column_of(events.event)
    serves = [is_one_of(event.copy(), step.events) for step in spec.steps]
    rank = exp.Case()
    for number, condition in enumerate(serves):
        rank = rank.when(condition.copy(), exp.Literal.number(number))
    columns = [
        column_of(events.entity).as_("entity"),
        column_of(events.time).as_("time"),
        (column_of(events.ordinal) if events.ordinal else exp.Literal.number(0)).as_("ordinal"),
        rank.else_(exp.Literal.number(-1)).as_("rank"),
        flag(is_one_of(event.copy(), spec.excluded) if spec.excluded else exp.false()).as_("excluded"),
        *(flag(condition).as_(f"serves{number}") for number, condition in enumerate(serves)),
        *(column_of(name).as_(f"held{number}") for number, name in enumerate(spec.held)),
    ]
    return columns if spec.breakdown is None else [*columns, column_of(spec.breakdown).as_("value")]


def _part(spec: FunnelSpec, groups: str) -> str:
    """Where an exclusion ends the attempts in progress, nothing before it is looked back to."""
    if not spec.excluded or spec.exclusion is Exclusion.DROP:
        return "0"
    return f"SUM(excluded) OVER (PARTITION BY {groups} ORDER BY place {_SO_FAR})"


def _step(spec: FunnelSpec, step: int, within: str) -> list[str]:
    """The latest start, place and time, from which a row reaches a step; in any order the latest row of the step."""
    if spec.order is Order.ANY:
        return [
            f"MAX(CASE WHEN serves{step} = 1 THEN {what} END) OVER ({within} {_SO_FAR}) AS {name}{step}"
            for what, name in (("place", "begun"), ("time", "since"))
        ]
    if step == 0:
        return [f"CASE WHEN serves0 = 1 THEN {what} END AS {name}0" for what, name in _STARTS]
    look = "LAG({0}) OVER ({1})" if spec.order is Order.STRICT else "MAX({0}) OVER ({1} " + _BEFORE + ")"
    is_in = f"serves{step} = 1 AND time - {look.format(f'since{step - 1}', within)} <= {window_us(spec)}"
    return [
        f"CASE WHEN {is_in} THEN {look.format(f'{name}{step - 1}', within)} END AS {name}{step}" for _, name in _STARTS
    ]


_STARTS = (("place", "begun"), ("time", "since"))


def _reached(spec: FunnelSpec) -> list[str]:
    """The deepest step that a row reaches, and the place of the row that began its chain."""
    if spec.order is not Order.ANY:
        depths = range(len(spec.steps), 0, -1)
        whens = [(f"begun{depth - 1} IS NOT NULL", depth, f"begun{depth - 1}") for depth in depths]
    else:
        whens = []
        for depth in range(len(spec.steps), 0, -1):
            known = " AND ".join(f"begun{step} IS NOT NULL" for step in range(depth))
            since, begun = (_least([f"{name}{step}" for step in range(depth)]) for name in ("since", "begun"))
            whens.append((f"{known} AND time - {since} <= {window_us(spec)}", depth, begun))
    reach = " ".join(f"WHEN {condition} THEN {depth}" for condition, depth, _ in whens)
    begun = " ".join(f"WHEN {condition} THEN {place}" for condition, _, place in whens)
    return [f"CASE {reach} ELSE 0 END AS reach", f"CASE {begun} END AS begun"]


def _least(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"LEAST({', '.join(columns)})"


def _is_bad(spec: FunnelSpec, groups: str) -> str:
    """Whether an excluded row lies within the window after a start: it takes the entity out unless it came too late."""
    if not spec.excluded or spec.exclusion is Exclusion.STOP:
        return "0 AS is_bad"
    starts = "rank >= 0" if spec.order is Order.ANY else "serves0 = 1"
    start = f"MAX(CASE WHEN {starts} THEN time END) OVER (PARTITION BY {groups} ORDER BY place {_BEFORE})"
    return f"CASE WHEN excluded = 1 AND time - {start} <= {window_us(spec)} THEN 1 ELSE 0 END AS is_bad"


def _is_out(spec: FunnelSpec, groups: str) -> str:
    """Whether a row takes its entity out: it is bad, and no row before it completed the funnel."""
    done = f"MAX(CASE WHEN reach = {len(spec.steps)} THEN 1 ELSE 0 END)"
    before = f"COALESCE({done} OVER (PARTITION BY {groups} ORDER BY place {_BEFORE}), 0)"
    return f"CASE WHEN is_bad = 1 AND {before} = 0 THEN 1 ELSE 0 END AS is_out"


def _same(name: str) -> str:
    return f"(w.{name} = c.{name} OR (w.{name} IS NULL AND c.{name} IS NULL))"


def _whole(value: object) -> int:
    return int(str(value or 0))
