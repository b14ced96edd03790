"""A derived metric: arithmetic over measures and metrics with + - * / and parentheses.

An entry of `inputs` gives a name of the formula another meaning: a measure or metric some time before (`offset`), or
over fewer rows (`where`). Each input is computed at the grain of the question before anything is calculated with it. A
null makes the whole null, and so does a division by zero. Sums and differences keep the types of their inputs
(decimals stay exact); products and quotients are doubles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.result import ColumnType
from metrics.division import divide
from metrics.document import Section
from metrics.errors import Part
from metrics.filter import Filter
from metrics.filter_text import parse_filter
from metrics.guard import parse_arithmetic
from metrics.leaf import Leaf
from metrics.offset import parse_offset
from metrics.recipe import Level, Quantity, Recipe, Trees
from metrics.shift import Against, Shift

KIND = "derived"
TAKES_METRICS = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a name of the formula means: a measure or metric, `shifts` before, over rows that fulfil `where`."""

    of: str
    shifts: tuple[Shift, ...] = ()
    where: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """A tree of arithmetic whose columns are `names`, each with its meaning."""

    formula: exp.Expr
    names: tuple[str, ...]
    meanings: tuple[Input, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The measures and metrics, in the order of the names."""
        return tuple(meaning.of for meaning in self.meanings)

    def narrow(self, place: int, leaf: Leaf) -> Leaf:
        """The aggregate some time before, or of fewer rows."""
        meaning = self.meanings[place]
        frame = replace(leaf.frame, shifts=(*meaning.shifts, *leaf.frame.shifts))
        return replace(leaf, frame=frame, where=(*meaning.where, *leaf.where))

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """All must be numbers."""
        for name, value in zip(self.inputs, inputs, strict=True):
            if not value.is_number:
                return f"`formula` can only calculate with numbers, and {name} is {value.type}"
        return None

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """A whole number where nothing but whole numbers is added up."""
        named = dict(zip(self.names, inputs, strict=True))
        is_whole = all(_is_whole(node) for node in self.formula.walk()) and all(
            value.type is ColumnType.INTEGER for value in inputs
        )
        return Quantity(
            type=ColumnType.INTEGER if is_whole else ColumnType.NUMBER, is_additive=_is_linear(self.formula, named)
        )

    def lower(self, trees: Trees) -> exp.Expr:
        """The arithmetic over the trees of the inputs."""
        return _lower(self.formula, dict(zip(self.names, trees(Level.GROUP), strict=True)))


def read(section: Section) -> Recipe | None:
    """The formula, with the names in it as inputs."""
    text = section.require("formula", "arithmetic over measures and metrics, such as `won - lost`")
    if text is None:
        return None
    try:
        tree = parse_arithmetic(text)
    except RefusedError as error:
        section.note(f"`formula` of {section.title}: {error.message}", line=section.line_of("formula"))
        return None
    names = tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column, bfs=False)))
    meanings = {name: _meaning(inner) for name, inner in section.named("inputs", Part.METRIC)}
    for name in meanings.keys() - set(names):
        section.note(f"`inputs` of {section.title} has {name}, which is not in its formula")
    if not names:
        section.note(f"`formula` of {section.title} has no measure or metric in it", line=section.line_of("formula"))
        return None
    return Derived(formula=tree, names=names, meanings=tuple(meanings.get(name) or Input(of=name) for name in names))


def _meaning(section: Section) -> Input | None:
    of = section.require("of", "the measure or metric it stands for")
    offset, where = section.text("offset"), section.text("where")
    section.finish()
    try:
        shifts = (Shift(against=Against.OFFSET, offset=parse_offset(offset)),) if offset else ()
        filters = (parse_filter(where),) if where else ()
    except InvalidError as error:
        section.note(f"{section.title}: {error.message}")
        return None
    return Input(of=of, shifts=shifts, where=filters) if of else None


def _is_whole(node: exp.Expr) -> bool:
    return not isinstance(node, exp.Mul | exp.Div) and not (isinstance(node, exp.Literal) and not node.is_int)


def _is_linear(node: exp.Expr, inputs: Mapping[str, Quantity]) -> bool:
    """Whether the formula of sums is the sum of the formula: sums, differences and multiples of what adds up."""
    match node:
        case exp.Column():
            return inputs[node.name].is_additive
        case exp.Add() | exp.Sub():
            return _is_linear(node.left, inputs) and _is_linear(node.right, inputs)
        case exp.Neg() | exp.Paren():
            return _is_linear(node.this, inputs)
        case exp.Mul():
            sides = (node.left, node.right)
            return any(_is_constant(one) and _is_linear(other, inputs) for one, other in (sides, sides[::-1]))
        case exp.Div():
            return _is_linear(node.left, inputs) and _is_constant(node.right)
        case _:
            return False


def _is_constant(node: exp.Expr) -> bool:
    return node.find(exp.Column) is None


def _lower(node: exp.Expr, inputs: Mapping[str, exp.Expr]) -> exp.Expr:
    match node:
        case exp.Column():
            return _operand(inputs[node.name].copy())
        case exp.Paren():
            return _lower(node.this, inputs)
        case exp.Neg():
            return exp.Neg(this=_operand(_lower(node.this, inputs)))
        case exp.Div():
            return divide(_lower(node.left, inputs), _lower(node.right, inputs))
        case exp.Mul():
            left, right = (_double(_lower(side, inputs)) for side in (node.left, node.right))
            return exp.Mul(this=left, expression=right)
        case exp.Add() | exp.Sub():
            left, right = (_operand(_lower(side, inputs)) for side in (node.left, node.right))
            return type(node)(this=left, expression=right)
        case _:
            return node.copy()


def _operand(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Neg) else tree


def _double(tree: exp.Expr) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build("double"))
