"""The flows of a sankey chart: from each series to the names of its x, in layers from left to right."""

from collections import defaultdict
from dataclasses import dataclass

from charts.labels import shorten
from charts.plan import finite
from charts.rules import require_distinct
from charts.spec import Chart, Role
from charts.theme import PALETTE
from core.errors import InvalidError

# More ribbons would be a thicket; the largest are drawn, and how many there are is said.
MOST_FLOWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An amount from one node to another."""

    source: str
    target: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place flows come from or go to; `size` is the larger of what comes and goes, as a share of the largest node."""

    name: str
    layer: int
    size: float
    value: float
    role: Role


def all_flows(chart: Chart) -> tuple[Flow, ...]:
    """Every known flow, of any sign."""
    return tuple(
        Flow(source=series.name, target=str(x), value=value)
        for series in chart.series
        for x, y in zip(series.x, series.y, strict=True)
        if (value := finite(y)) is not None
    )


def flows_of(chart: Chart) -> tuple[Flow, ...]:
    """The flows that are drawn: those above zero, the largest of them."""
    above = sorted((flow for flow in all_flows(chart) if flow.value > 0), key=lambda flow: -flow.value)
    return tuple(above[:MOST_FLOWS])


def left_out(chart: Chart) -> str:
    """What is not drawn, in words; empty where everything is."""
    known = all_flows(chart)
    above = sum(flow.value > 0 for flow in known)
    below = len(known) - above
    words = [f"the largest {MOST_FLOWS} of {above:,} flows"] if above > MOST_FLOWS else []
    words += [f"without {below:,} that {'is' if below == 1 else 'are'} not above zero"] if below else []
    return ", ".join(words)


def require_flows(chart: Chart) -> None:
    """Raises InvalidError where the specification is no sankey chart, or its flows go round in a circle."""
    names = [series.name for series in chart.series]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidError(f"A sankey chart has each source once, but {twice!r} is the name of two series.")
    require_distinct(chart)
    layers_of(flows_of(chart), chart.title)


def layers_of(flows: tuple[Flow, ...], title: str) -> dict[str, int]:
    """The layer of each node, the longest way from where flows begin. Raises InvalidError for a circle."""
    names = dict.fromkeys(name for flow in flows for name in (flow.source, flow.target))
    coming: dict[str, int] = defaultdict(int)
    going: dict[str, list[str]] = defaultdict(list)
    for flow in flows:
        coming[flow.target] += 1
        going[flow.source].append(flow.target)
    layers = {name: 0 for name in names if not coming[name]}
    ready = list(layers)
    for name in ready:
        for target in going[name]:
            layers[target] = max(layers.get(target, 0), layers[name] + 1)
            coming[target] -= 1
            if not coming[target]:
                ready.append(target)
    if len(ready) < len(names):
        stuck = next(name for name in names if name not in ready)
        raise InvalidError(
            f"The flows of the sankey chart {title!r} go round in a circle through {stuck!r}; give each step names of "
            'its own, such as "2 Trial".'
        )
    return layers


def nodes_of(flows: tuple[Flow, ...], title: str) -> tuple[Node, ...]:
    """The nodes by layer, the largest first. Where flows begin, each has a colour of its own."""
    layers = layers_of(flows, title)
    largest = max((flow.value for flow in flows), default=1.0)
    goes: dict[str, float] = defaultdict(float)
    comes: dict[str, float] = defaultdict(float)
    for flow in flows:
        goes[flow.source] += flow.value / largest
        comes[flow.target] += flow.value / largest
    order = sorted(layers, key=lambda name: (layers[name], -max(goes[name], comes[name])))
    colours = dict(zip((name for name in order if layers[name] == 0), PALETTE[:7], strict=False))
    most = max((max(goes[name], comes[name]) for name in order), default=1.0)
    return tuple(
        Node(
            name=name, layer=layers[name], size=max(goes[name], comes[name]) / most,
            value=max(goes[name], comes[name]) * largest, role=colours.get(name, Role.SERIES_8),
        )
        for name in order
    )  # fmt: skip


def flow_name(flow: Flow) -> str:
    """A flow in words."""
    return f"{flow.source} → {flow.target}"


def node_name(node: Node) -> str:
    """The name beside a node."""
    return shorten(node.name, 22)
