"""Which cell reads which: found in what they refer to, so that only what depends on a change runs again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.names import suggestion
from notebooks.cell import Cell, references_of
from notebooks.document import Notebook
from notebooks.registry import cell_kinds, kind_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """`parents` are the cells each cell reads; `order` has every cell behind those.

    `problems` says of a cell why it cannot be run: what it refers to is missing, or comes back to itself.
    """

    parents: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    problems: Mapping[str, str]

    def children(self, name: str) -> frozenset[str]:
        """Every cell that reads `name`, directly or through others."""
        found: set[str] = set()
        for cell in self.order:
            if any(parent == name or parent in found for parent in self.parents[cell]):
                found.add(cell)
        return frozenset(found - {name})

    def needed(self, names: Collection[str]) -> tuple[str, ...]:
        """These cells and every cell they read, directly or through others, each behind those."""
        found = set(names)
        for cell in reversed(self.order):
            if cell in found:
                found.update(self.parents[cell])
        return tuple(cell for cell in self.order if cell in found)


def build_graph(notebook: Notebook) -> Graph:
    """The graph of a notebook."""
    names = {cell.name for cell in notebook.cells}
    problems = {cell.name: message for cell in notebook.cells if (message := _missing(cell, names))}
    parents = {cell.name: tuple(one for one in _reads(cell, names) if one in names) for cell in notebook.cells}
    order: list[str] = []
    finished: set[str] = set()
    for name in parents:
        _visit(name, parents, order, finished)
    for name, way in _circles(parents).items():
        problems[name] = f"These cells read each other in a circle: {' → '.join(way)}. Take one of the references out."
    return Graph(parents=parents, order=tuple(order), problems=problems)


def _reads(cell: Cell, names: Collection[str]) -> tuple[str, ...]:
    others = [one for one in names if one != cell.name]
    tables = cell_kinds()[kind_name(cell)].reads(cell, others)
    return tuple(dict.fromkeys([*(reference.cell for reference in references_of(cell)), *tables]))


def _missing(cell: Cell, names: Collection[str]) -> str:
    absent = [reference.cell for reference in references_of(cell) if reference.cell not in names]
    if not absent:
        return ""
    return f"It refers to {absent[0]!r}, which is no cell of this notebook. {suggestion(absent[0], names)}"


def _visit(name: str, parents: Mapping[str, tuple[str, ...]], order: list[str], finished: set[str]) -> None:
    """Depth first, without recursion: a chain may be a thousand cells long."""
    waiting = [(name, iter(parents[name]))] if name not in finished else []
    finished.add(name)
    while waiting:
        current, rest = waiting[-1]
        following = next((one for one in rest if one not in finished), None)
        if following is None:
            order.append(current)
            waiting.pop()
        else:
            finished.add(following)
            waiting.append((following, iter(parents[following])))


def _circles(parents: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each cell that comes back to itself, with the way round."""
    # What reads nothing that is left is in no circle; what remains when nothing more can go reads one.
    left = dict(parents)
    while free := [name for name, reads in left.items() if not any(one in left for one in reads)]:
        for name in free:
            del left[name]
    found: dict[str, tuple[str, ...]] = {}
    for name in left:
        way = [name]
        while (following := next(one for one in left[way[-1]] if one in left)) not in way:
            way.append(following)
        circle = way[way.index(following) :]
        if name in circle:
            found[name] = (*circle[circle.index(name) :], *circle[: circle.index(name)], name)
    return found
