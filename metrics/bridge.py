"""The pipeline bridge: what became of the deals that were open at one date, and which are open at another.

A pipeline is the amount of the deals that are open and expected to close inside a window of days. Each deal has one
state at each date, the last one its history tells, and so belongs to one step; what stayed in and changed its amount is
a step too. So the opening value and all steps add up to the closing value to the cent.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlglot import exp

from core.errors import RefusedError
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.conditions import Lowering, conjunction
from metrics.filter import conditions_of
from metrics.filter_text import parse_filter
from metrics.guard import DIALECT
from metrics.lowering import name, named, sources
from metrics.plan import require_usable
from metrics.segments import expand_segments
from metrics.spec import Model, Pipeline
from metrics.timeline import bound, day_after, require_temporal

ENTITY, MEMBER, BEFORE, AFTER = "entity", "member", "before", "after"
_FIELDS = ("amount", "close", "stage")


class Step(StrEnum):
    """What happened to a deal between the two dates, in the order it is told."""

    CREATED = "created"
    REOPENED = "reopened"
    PULLED_IN = "pulled in"
    MOVED_IN = "moved in"
    AMOUNT_UP = "amount up"
    AMOUNT_DOWN = "amount down"
    WON = "won"
    LOST = "lost"
    SLIPPED = "slipped"
    MOVED_OUT = "moved out"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A deal at a date: its amount, the day it is expected to close, its stage."""

    amount: Decimal
    close: dt.date | None
    stage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A deal and what it adds to the pipeline by one step; `before` is None where there was no deal yet."""

    entity: object
    member: object
    step: Step
    amount: Decimal
    before: State | None
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days, both included, in which a deal must be expected to close; without one every open deal counts."""

    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """The pipeline at two dates, and the deals that made the difference."""

    opening: Decimal = Decimal(0)
    closing: Decimal = Decimal(0)
    moves: tuple[Moved, ...] = field(default=())

    def steps(self) -> Mapping[Step, Decimal]:
        """What each step adds, in order; those without a deal are left out."""
        found: dict[Step, Decimal] = {}
        for step in Step:
            amounts = [move.amount for move in self.moves if move.step is step]
            if amounts:
                found[step] = sum(amounts, Decimal(0))
        return found


def compile_states(
    catalog: Catalog,
    model: Model,
    days: tuple[dt.date, dt.date],
    *,
    by: str | None = None,
    where: str | None = None,
    context: CompileContext | None = None,
) -> CompiledQuery:
    """The state of every deal at the end of two days: `entity`, `member`, `before` and `after`.

    Filters and the dimension are taken of the rows of the history. Raises InvalidError, RefusedError.
    """
    context, binder = context or CompileContext(), Binder()
    pipeline, time = model.pipeline, model.time
    if pipeline is None or time is None:
        raise RefusedError(f"Model {model.name} has no `pipeline` and no `time`, so there is no bridge of it.")
    reach = catalog.reaches[model.name]
    moment = require_usable(reach.require(f"{model.name}.{time}"))
    member = require_usable(reach.require(by)) if by else None
    filter_ = expand_segments(parse_filter(where), catalog.segments) if where and where.strip() else None
    names = dict.fromkeys(condition.dimension for condition in conditions_of(filter_)) if filter_ else {}
    dimensions = {one: require_usable(reach.require(one)) for one in names}
    order = exp.Anonymous(this="row", expressions=[moment.tree(), *(_column(key, model) for key in model.key)])
    state = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(field_), expression=_column(getattr(pipeline, field_), model))
            for field_ in _FIELDS
        ]
    )
    columns = [named(_column(pipeline.entity, model), ENTITY)]
    last = exp.Null() if member is None else exp.ArgMax(this=member.tree(), expression=order.copy())
    columns.append(named(last, MEMBER))
    for day, title in zip(days, (BEFORE, AFTER), strict=True):
        until = binder.bind(bound(day_after(day), require_temporal(moment), context))
        is_past = exp.LT(this=moment.operand(), expression=until)
        newest = exp.ArgMax(this=state.copy(), expression=order.copy())
        columns.append(named(exp.Filter(this=newest, expression=exp.Where(this=is_past)), title))
    clauses = sources(model, [*dimensions.values(), *([member] if member else [])], catalog)
    is_known = exp.Not(this=exp.Is(this=moment.operand(), expression=exp.Null()))
    conditions: list[exp.Expr] = [is_known]
    if filter_ is not None:
        conditions += Lowering(dimensions.__getitem__, binder, context).lower_all(filter_)
    tree = exp.Select(
        expressions=columns,
        where=exp.Where(this=conjunction(conditions)),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        **clauses,
    )
    return CompiledQuery(
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=binder.values,
        columns=(),
        sentence=f"Deals of {model.label} as they stood at the end of {days[0]} and of {days[1]}.",
        lineage=(Lineage(metric="pipeline", model=model.name, table=model.table, sql=model.sql),),
        tree=tree,
    )


def build_bridge(rows: Iterable[Mapping[str, object]], pipeline: Pipeline, window: Window) -> Bridge:
    """The bridge of the rows of `compile_states`. The steps add up to the difference exactly."""
    opening = closing = Decimal(0)
    moves: list[Moved] = []
    for row in rows:
        before, after = _state(row[BEFORE]), _state(row[AFTER])
        if after is None:
            continue
        was_in = before is not None and _is_in(before, pipeline, window)
        is_in = _is_in(after, pipeline, window)
        opening += before.amount if before is not None and was_in else Decimal(0)
        closing += after.amount if is_in else Decimal(0)
        found = _step(before, after, pipeline, window, was_in=was_in, is_in=is_in)
        if found is not None:
            step, amount = found
            move = Moved(entity=row[ENTITY], member=row[MEMBER], step=step, amount=amount, before=before, after=after)
            moves.append(move)
    moves.sort(key=lambda move: (list(Step).index(move.step), -abs(move.amount), str(move.entity)))
    return Bridge(opening=opening, closing=closing, moves=tuple(moves))


def split_bridge(rows: Sequence[Mapping[str, object]], pipeline: Pipeline, window: Window) -> dict[object, Bridge]:
    """A bridge for each member; those of all members add up to that of the whole."""
    members = dict.fromkeys(row[MEMBER] for row in rows)
    return {
        member: build_bridge([row for row in rows if row[MEMBER] == member], pipeline, window) for member in members
    }


def _step(
    before: State | None, after: State, pipeline: Pipeline, window: Window, *, was_in: bool, is_in: bool
) -> tuple[Step, Decimal] | None:
    if was_in and before is not None:
        if is_in:
            change = after.amount - before.amount
            return None if not change else (Step.AMOUNT_UP if change > 0 else Step.AMOUNT_DOWN, change)
        return _left(after, pipeline, window), -before.amount
    return (_came(before, pipeline, window), after.amount) if is_in else None


def _left(after: State, pipeline: Pipeline, window: Window) -> Step:
    if after.stage in pipeline.won:
        return Step.WON
    if after.stage in pipeline.lost:
        return Step.LOST
    is_earlier = after.close is not None and window.first is not None and after.close < window.first
    return Step.MOVED_OUT if is_earlier else Step.SLIPPED


def _came(before: State | None, pipeline: Pipeline, window: Window) -> Step:
    if before is None:
        return Step.CREATED
    if before.stage in {*pipeline.won, *pipeline.lost}:
        return Step.REOPENED
    is_earlier = before.close is not None and window.first is not None and before.close < window.first
    return Step.MOVED_IN if is_earlier else Step.PULLED_IN


def _is_in(state: State, pipeline: Pipeline, window: Window) -> bool:
    if state.stage in pipeline.won or state.stage in pipeline.lost:
        return False
    if window.first is None and window.last is None:
        return True
    day = state.close
    if day is None:
        return False
    return (window.first is None or day >= window.first) and (window.last is None or day <= window.last)


def _state(value: object) -> State | None:
    """A state as the engine gives it. A deal without an amount counts as nothing."""
    if not isinstance(value, Mapping):
        return None
    amount, close, stage = (value[field_] for field_ in _FIELDS)
    day = close.date() if isinstance(close, dt.datetime) else close
    return State(amount=Decimal(0) if amount is None else Decimal(str(amount)), close=day, stage=stage)


def _column(column: str, model: Model) -> exp.Column:
    return exp.Column(this=name(column), table=name(model.name))
