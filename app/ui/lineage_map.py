"""Where a metric comes from, as a tree: the metrics it is made of, the models they count, their tables and sources.

The tree is a list of lists, so that it is read out as it is drawn and fits a phone; a metric in it is a button.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.ui.surface import surface
from app.ui.template import render
from services.catalogue import Entry, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageNode:
    """A box of the tree: what it is, its name, and what it is made of. `act` is what a click sends, empty for none."""

    kind: str
    name: str
    act: str = ""
    children: tuple["LineageNode", ...] = ()


def lineage_tree(entries: Mapping[str, Entry], name: str) -> LineageNode:
    """The tree of a metric. What was drawn above is named again, but not opened again."""
    return _metric(entries, name, set(), is_root=True)


def draw_lineage(tree: LineageNode, *, key: str) -> str | None:
    """Draw it; returns the metric that was clicked, in that one run only."""
    return surface(render("lineage_map.html", tree=tree), key=key)


def _metric(entries: Mapping[str, Entry], name: str, drawn: set[str], *, is_root: bool = False) -> LineageNode:
    entry = entries[name]
    act = "" if is_root else name
    if name in drawn:
        return LineageNode(kind="Metric, as above", name=entry.metric.label, act=act)
    drawn.add(name)
    inputs = tuple(_metric(entries, one, drawn) for one in entry.made_of)
    inherited = {origin.model for one in entry.made_of for origin in entries[one].origins}
    own = [origin for origin in entry.origins if origin.model not in inherited]
    return LineageNode(
        kind="Metric", name=entry.metric.label, act=act, children=(*inputs, *(_model(origin) for origin in own))
    )


def _model(origin: Origin) -> LineageNode:
    loaded = f"{origin.loaded_at:%Y-%m-%d %H:%M} UTC" if origin.loaded_at else "not known"
    last: tuple[LineageNode, ...] = (LineageNode(kind="Last loaded", name=loaded),)
    if origin.source:
        last = (LineageNode(kind="Source", name=origin.source, children=last),)
    table = LineageNode(kind="Table" if origin.table else "SQL", name=origin.table or "a SELECT", children=last)
    return LineageNode(kind="Model", name=origin.label, children=(table,))
