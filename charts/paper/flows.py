"""Sankey charts on paper: nodes in layers, joined by ribbons as wide as their amounts."""

from dataclasses import dataclass

from reportlab.graphics.shapes import Path, Rect

from charts.flows import Flow, Node, flows_of, left_out, node_name, nodes_of
from charts.fonts import text_width
from charts.labels import value_text
from charts.paper.drawing import TEXT_SIZE, ChartDrawing, Mark, empty_drawing, solid, translucent, words
from charts.spec import Chart
from charts.theme import Theme, ink

RIBBON_ALPHA = 0.28
THICKNESS = 7.0
PAD = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A node where it is drawn, from its lower left corner."""

    node: Node
    left: float
    bottom: float
    height: float


def sankey_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    flows = flows_of(chart)
    if not flows:
        return empty_drawing(width, height, theme)
    drawing = ChartDrawing(width, height)
    note = left_out(chart)
    top = drawing.height - (min(12.0, height / 2) if note else 0.0)
    if note and text_width(note, TEXT_SIZE) <= width:
        grey = solid(theme.shade(ink("tick")))
        drawing.add(words(note, drawing.width, drawing.height - TEXT_SIZE, colour=grey, anchor="end"))
    placed = _place(nodes_of(flows, chart.title), drawing.width, top)
    _draw_ribbons(drawing, flows, placed, theme)
    last = max(one.node.layer for one in placed.values())
    for one in placed.values():
        colour = solid(theme.colour(one.node.role))
        drawing.add(Rect(one.left, one.bottom, THICKNESS, max(one.height, 0.3), fillColor=colour, strokeColor=None))
        _draw_name(drawing, one, chart, theme, is_last=one.node.layer == last)
    return drawing


def _place(nodes: tuple[Node, ...], width: float, top: float) -> dict[str, Placed]:
    """Each layer from the top down, in the middle of the height; one scale for all of them."""
    layers = [[node for node in nodes if node.layer == layer] for layer in range(nodes[-1].layer + 1)]
    pad = min(PAD, top / (2 * max(map(len, layers))))
    scale = min((top - pad * (len(layer) - 1)) / sum(node.size for node in layer) for layer in layers)
    step = (width - THICKNESS) / max(len(layers) - 1, 1)
    placed = {}
    for number, layer in enumerate(layers):
        used = sum(node.size for node in layer) * scale + pad * (len(layer) - 1)
        y = top - (top - used) / 2
        for node in layer:
            y -= node.size * scale
            placed[node.name] = Placed(node=node, left=number * step, bottom=y, height=node.size * scale)
            y -= pad
    return placed


def _draw_ribbons(drawing: ChartDrawing, flows: tuple[Flow, ...], placed: dict[str, Placed], theme: Theme) -> None:
    order = {name: place for place, name in enumerate(placed)}
    ends = {name: one.bottom + one.height for name, one in placed.items()}
    starts = dict(ends)
    for flow in sorted(flows, key=lambda flow: (order[flow.source], order[flow.target])):
        source, target = placed[flow.source], placed[flow.target]
        thick = source.height * (flow.value / source.node.value)
        left, right = source.left + THICKNESS, target.left
        high, low = starts[flow.source], ends[flow.target]
        starts[flow.source], ends[flow.target] = high - thick, low - thick
        middle = (left + right) / 2
        colour = translucent(theme.colour(source.node.role, RIBBON_ALPHA))
        path = Path(fillColor=colour, strokeColor=None, strokeWidth=0, autoclose="pdf")
        path.moveTo(left, high)
        path.curveTo(middle, high, middle, low, right, low)
        path.lineTo(right, low - thick)
        path.curveTo(middle, low - thick, middle, high - thick, left, high - thick)
        path.closePath()
        drawing.add(path)
        at = (middle, (high + low - thick) / 2)
        drawing.remember([Mark(series=flow.source, x=flow.target, value=flow.value, at=at)])


def _draw_name(drawing: ChartDrawing, one: Placed, chart: Chart, theme: Theme, *, is_last: bool) -> None:
    text = f"{node_name(one.node)} {value_text(one.node.value, chart.unit)}"
    if text_width(text, TEXT_SIZE) > drawing.width / 2 or (one.height < 3 and drawing.height < 100):
        return
    x, anchor = (one.left - 4, "end") if is_last else (one.left + THICKNESS + 4, "start")
    y = one.bottom + one.height / 2 - TEXT_SIZE * 0.35
    drawing.add(words(text, x, y, colour=solid(theme.ink), anchor=anchor))
