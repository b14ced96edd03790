"""Which dimensions a model can be split by: its own, and those along its many-to-one joins.

A bare name means the model's own dimension, or else the only one of that name within reach. What the bare name does
not tell is named with the joins that lead there: `teams.region`, `accounts.country.region`, or any unambiguous tail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import ColumnType
from metrics.errors import Problem
from metrics.guard import closed, column_scalar
from metrics.spec import DimensionDefinition, EventEntity, Join, Model

MAX_HOPS = 4
# Before the names of keys, which no filter text can hold; several names that mean the same stand with | between.
KEY = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A dimension as it is reached from a model.

    `name` is the shortest name that means only this one; `qualified_name` has every join, or the model's own name.
    """

    name: str
    label: str
    qualified_name: str
    model: str
    path: tuple[Join, ...]
    definition: DimensionDefinition

    @property
    def problem(self) -> Problem | None:
        """Why it cannot be used: a problem of a join on the way, or its own. None where it can."""
        problems = [*(join.problem for join in self.path), self.definition.problem]
        return next((problem for problem in problems if problem is not None), None)

    @property
    def type(self) -> ColumnType:
        """The type of its values; text where nobody knows better."""
        return self.definition.type or ColumnType.TEXT

    @property
    def is_time(self) -> bool:
        """Whether its values are dates or times."""
        return self.definition.is_time

    @property
    def description(self) -> str:
        """What the definition says about it."""
        return self.definition.description

    @property
    def alias(self) -> str:
        """The name of its table in a compiled query."""
        return path_alias(self.path) or self.model

    def tree(self) -> exp.Expr:
        """Its value in a compiled query, as a new tree; null where a join finds no partner.

        An expression such as a CASE with an ELSE could make a value of the nulls of a missing partner, so it is taken
        only where the partner's key, which is never null, is there.
        """
        tree = self.definition.scalar.on(self.alias)
        if not self.path or isinstance(tree, exp.Column):
            return tree
        _, key = self.path[-1].on[0]
        column = exp.column(exp.to_identifier(key, quoted=True), exp.to_identifier(self.alias, quoted=True))
        is_there = exp.Not(this=exp.Is(this=column, expression=exp.Null()))
        return exp.Case(ifs=[exp.If(this=is_there, true=tree)])

    def operand(self) -> exp.Expr:
        """As `tree`, in parentheses where an operator beside it could bind more tightly."""
        return closed(self.tree())


class Reach:
    """The dimensions within reach of one model, by every name that may be used for them."""

    def __init__(self, model: Model, models: Mapping[str, Model]) -> None:
        self._model = model
        self._exact: dict[str, Dimension] = {}
        self._tails: dict[str, list[str]] = {}
        found = list(_walk(model, (), models))
        for path, definition in found:
            for tail in _tails(path, definition.name):
                self._tails.setdefault(tail, []).append(_qualified(path, definition.name, model))
        for path, definition in found:
            dimension = self._dimension(path, definition)
            self._exact[dimension.qualified_name] = dimension
        for definition in model.dimensions.values():
            self._exact[definition.name] = self._exact[_qualified((), definition.name, model)]
        self._keys = _keys(model, models)

    def all(self) -> tuple[Dimension, ...]:
        """Every dimension that can be used once, own ones first."""
        return tuple(
            dimension
            for name, dimension in self._exact.items()
            if name == dimension.qualified_name and dimension.problem is None
        )

    def find(self, name: str) -> Dimension | None:
        """The dimension of a name, broken or not; None when there is none.

        Raises RefusedError when there are several.
        """
        if name.startswith(KEY):
            return next((self._keys[one] for one in name.removeprefix(KEY).split("|") if one in self._keys), None)
        exact = self._exact.get(name)
        if exact is not None:
            return exact
        candidates = self._tails.get(name, [])
        if len(candidates) > 1:
            listed = " or ".join(sorted(candidates))
            raise RefusedError(f"Dimension {name} can mean several things for {self._model.label}: write {listed}.")
        return self._exact[candidates[0]] if candidates else None

    def require(self, name: str) -> Dimension:
        """The dimension of a name. Raises InvalidError with the nearest names when there is none."""
        dimension = self.find(name)
        if dimension is None:
            raise InvalidError(f"There is no dimension {name}. {suggestion(name, self.names())}")
        return dimension

    def names(self) -> tuple[str, ...]:
        """The shortest name of each dimension."""
        return tuple(dimension.name for dimension in self.all())

    def has(self, name: str) -> bool:
        """Whether a name means exactly one dimension, and one that can be used."""
        if name.startswith(KEY):
            found = self.find(name)
            return found is not None and found.problem is None
        if name in self._exact:
            return self._exact[name].problem is None
        candidates = self._tails.get(name, ())
        return len(candidates) == 1 and self._exact[candidates[0]].problem is None

    def _dimension(self, path: tuple[Join, ...], definition: DimensionDefinition) -> Dimension:
        qualified = _qualified(path, definition.name, self._model)
        name = definition.name
        if path and (name in self._model.dimensions or len(self._tails[name]) > 1):
            tails = [tail for tail in _tails(path, name) if tail != name and self._tails[tail] == [qualified]]
            name = tails[0] if tails else qualified
        label = definition.label if "." not in name else f"{definition.label} ({path[-1].label})"
        return Dimension(
            name=name,
            label=label,
            qualified_name=qualified,
            model=self._model.name,
            path=path,
            definition=definition,
        )


def path_alias(path: tuple[Join, ...]) -> str:
    """The name of the table at the end of a path of joins."""
    return ".".join(join.name for join in path)


def _qualified(path: tuple[Join, ...], name: str, model: Model) -> str:
    return f"{path_alias(path) or model.name}.{name}"


def _tails(path: tuple[Join, ...], name: str) -> Iterator[str]:
    """Every name that ends the qualified one, shortest first; of an own dimension only the bare name."""
    parts = [*(join.name for join in path), name]
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[-count:])


def _walk(
    here: Model, path: tuple[Join, ...], models: Mapping[str, Model]
) -> Iterator[tuple[tuple[Join, ...], DimensionDefinition]]:
    """Own dimensions, then those behind each join."""
    for taken, model in _paths(here, path, models):
        for definition in model.dimensions.values():
            yield taken, definition


def _paths(
    here: Model, path: tuple[Join, ...], models: Mapping[str, Model]
) -> Iterator[tuple[tuple[Join, ...], Model]]:
    """The model itself, then those behind each join; a path never takes the same join twice."""
    yield path, here
    if len(path) == MAX_HOPS:
        return
    for join in here.joins.values():
        # A join to a model that is not there has been reported.
        if join.to in models and not any(join is taken for taken in path):
            yield from _paths(models[join.to], (*path, join), models)


def _keys(model: Model, models: Mapping[str, Model]) -> dict[str, Dimension]:
    """The keys within reach by the model each is of, where one way there is the shortest; own entities too."""
    ways: dict[str, list[tuple[Join, ...]]] = {}
    for path, target in _paths(model, (), models):
        if len(target.key) == 1:
            ways.setdefault(target.name, []).append(path)
    found = {}
    for name, paths in ways.items():
        first, *others = sorted(paths, key=len)
        if not others or len(others[0]) > len(first):
            target = models[name] if first else model
            found[name] = _key(name, target.label, model, first, target.key[0])
    entities = model.events.entities.values() if model.events is not None else ()
    for entity in entities:
        name = f"{model.name}.{entity.name}"
        found[name] = _key(name, entity.label, model, (), entity.column)
    return found


def _key(name: str, label: str, model: Model, path: tuple[Join, ...], column: str) -> Dimension:
    definition = DimensionDefinition(name=f"{KEY}{name}", label=label, scalar=column_scalar(column))
    return Dimension(
        name=definition.name, label=label, qualified_name=definition.name, model=model.name, path=path,
        definition=definition,
    )  # fmt: skip


def key_of(model: Model, entity: EventEntity, models: Mapping[str, Model]) -> str:
    """The name by which other models may reach an entity of an event model: its own column, or a key it equals."""
    names = [f"{model.name}.{entity.name}"]
    names += [model.name] if model.key == (entity.column,) else []
    for join in model.joins.values():
        target = models.get(join.to)
        if target is not None and len(target.key) == 1 and join.on == ((entity.column, target.key[0]),):
            names.append(target.name)
    return KEY + "|".join(dict.fromkeys(names))
