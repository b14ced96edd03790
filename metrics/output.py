"""The columns of an answer that are numbers: each metric, and what each comparison makes of it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import Column, ColumnType
from metrics.catalog import Catalog, Formula
from metrics.division import divide
from metrics.leaf import Leaf
from metrics.shift import TARGET, Shift, parse_shift
from metrics.spec import Metric

_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}


class Difference(StrEnum):
    """How two values of a metric are set against each other."""

    CHANGE = "change"
    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column and its formulas: the metric's value, or with `then` the value it is compared with, or with
    `difference` what lies between the two."""

    column: Column
    now: Formula
    then: Formula | None = None
    difference: Difference | None = None

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas that its tree is made of."""
        if self.then is None:
            return (self.now,)
        return (self.then,) if self.difference is None else (self.now, self.then)


def find_outputs(catalog: Catalog, metrics: tuple[Metric, ...], compare: tuple[str, ...]) -> tuple[Output, ...]:
    """The columns of metrics and of their comparisons, each metric followed by its own.

    Raises InvalidError for an unknown comparison, RefusedError for one that a metric does not have.
    """
    shifts = [None if text == TARGET else parse_shift(text) for text in compare]
    outputs: list[Output] = []
    for metric in metrics:
        column = Column(
            name=metric.name,
            label=metric.label,
            type=metric.type,
            unit=metric.unit,
            decimals=metric.decimals,
            is_metric=True,
        )
        now = catalog.formulas[metric.name]
        outputs.append(Output(column=column, now=now))
        for shift in shifts:
            word, label, then = _then(catalog, metric, shift)
            outputs += _compared(column, now, then, word, label)
    names = [output.column.name for output in outputs]
    for name in names:
        if names.count(name) > 1:
            raise InvalidError(f"Column {name} comes twice; ask for each metric and each comparison once.")
    return tuple(outputs)


def difference_tree(difference: Difference, now: exp.Expr, then: exp.Expr) -> exp.Expr:
    """The tree of a difference; takes both over."""
    change: exp.Expr = exp.Sub(this=exp.Paren(this=now), expression=exp.Paren(this=then))
    match difference:
        case Difference.CHANGE:
            return change
        case Difference.PERCENT:
            return divide(exp.Paren(this=change), exp.Abs(this=then.copy()))
        case Difference.POINTS:
            return exp.Mul(this=exp.Paren(this=change), expression=exp.Literal.number(100))


def _then(catalog: Catalog, metric: Metric, shift: Shift | None) -> tuple[str, str, Formula]:
    if shift is not None:

        def moved(leaf: Leaf) -> Leaf:
            return replace(leaf, frame=replace(leaf.frame, shifts=(shift, *leaf.frame.shifts)))

        return shift.column, shift.label, catalog.formulas[metric.name].changed(moved)
    if metric.target is None:
        known = [other.name for other in catalog.metrics.values() if other.target]
        raise RefusedError(
            f"Metric {metric.name} has no target; give its definition a `target`, the metric to compare it with."
            f" Metrics with one: {', '.join(known) or 'none'}."
        )
    if metric.target not in catalog.formulas:
        problem = catalog.broken.get(metric.target)
        reason = problem.reason if problem else suggestion(metric.target, catalog.metrics)
        raise RefusedError(f"The target of metric {metric.name}, {metric.target}, cannot be computed: {reason}")
    return TARGET, TARGET, catalog.formulas[metric.target]


def _compared(column: Column, now: Formula, then: Formula, word: str, label: str) -> list[Output]:
    name = f"{column.name}_{word}"
    past = replace(column, name=name, label=f"{column.label}, {label}")
    outputs = [Output(column=past, now=now, then=then)]
    if column.type not in _NUMBERS:
        return outputs
    kinds = (Difference.POINTS if column.unit == "ratio" else Difference.CHANGE, Difference.PERCENT)
    for kind in kinds:
        unit, type_, decimals = column.unit, column.type, column.decimals
        if kind is Difference.POINTS:
            unit, type_, decimals = "points", ColumnType.NUMBER, None
        elif kind is Difference.PERCENT:
            unit, type_, decimals = "ratio", ColumnType.NUMBER, None
        shown = {"change": "change on", "percent": "per cent change on", "points": "points above"}[kind]
        outputs.append(
            Output(
                column=replace(
                    column, name=f"{name}_{kind}", label=f"{column.label}, {shown} {label}",
                    type=type_, unit=unit, decimals=decimals,
                ),
                now=now,
                then=then,
                difference=kind,
            )
        )  # fmt: skip
    return outputs
