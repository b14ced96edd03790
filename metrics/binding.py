"""The values of a query: kept out of its text, each once, as `$1`, `$2` and so on."""

from collections.abc import Sequence

from sqlglot import exp


class Binder:
    """Hands out a parameter for each value; equal values of one type share one."""

    def __init__(self, values: Sequence[object] = ()) -> None:
        """Goes on after the values of a query that was compiled already."""
        self._numbers: dict[tuple[type, object], int] = {}
        for value in values:
            self.bind(tuple(value) if isinstance(value, list) else value)

    def bind(self, value: object) -> exp.Expr:
        """The parameter that stands for a value."""
        number = self._numbers.setdefault((type(value), value), len(self._numbers) + 1)
        return exp.Parameter(this=exp.Literal.number(number))

    @property
    def values(self) -> tuple[object, ...]:
        """The values of `$1`, `$2` and so on; what was bound as a tuple is a list."""
        return tuple(list(value) if isinstance(value, tuple) else value for _, value in self._numbers)
