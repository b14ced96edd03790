"""Figures of sankey charts."""

from typing import TYPE_CHECKING

from charts.flows import flow_name, flows_of, left_out, node_name, nodes_of
from charts.labels import value_text
from charts.screen.frame import FONT_SIZE, TICK_SIZE, Part, annotation, empty_figure, layout, literal, make_figure
from charts.spec import Chart
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

RIBBON_ALPHA = 0.28
NODE_HEIGHT = 34


def sankey_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen."""
    flows = flows_of(chart)
    if not flows:
        return empty_figure()
    nodes = nodes_of(flows, chart.title)
    places = {node.name: place for place, node in enumerate(nodes)}
    note = left_out(chart)
    tallest = max(sum(node.layer == layer for node in nodes) for layer in {node.layer for node in nodes})
    parts = layout(theme, top=24 if note else 8, height=max(260, min(640, tallest * NODE_HEIGHT)))
    parts["margin"] = {"l": 2, "t": 24 if note else 8, "b": 8, "r": 2, "pad": 0}
    if note:
        grey = {"size": TICK_SIZE, "color": theme.shade(ink("tick"))}
        place = {"x": 1, "xref": "paper", "xanchor": "right", "y": 1, "yref": "paper", "yanchor": "bottom"}
        parts["annotations"] = [annotation(literal(note), yshift=6, font=grey, **place)]
    roles = [node.role for node in nodes]
    unit = chart.unit
    trace: Part = {
        "type": "sankey",
        "arrangement": "fixed",
        "textfont": {"size": FONT_SIZE, "color": theme.ink, "shadow": "none"},
        "node": {
            "label": [f"{literal(node_name(node))} {literal(value_text(node.value, unit))}" for node in nodes],
            "color": [theme.colour(role) for role in roles],
            "line": {"width": 0},
            "thickness": 10,
            "pad": 14,
            "align": "left",
            "customdata": [(full(node.value, unit), literal(node.name)) for node in nodes],
            "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
        },
        "link": {
            "source": [places[flow.source] for flow in flows],
            "target": [places[flow.target] for flow in flows],
            "value": [flow.value for flow in flows],
            "color": [theme.colour(nodes[places[flow.source]].role, RIBBON_ALPHA) for flow in flows],
            "customdata": [(full(flow.value, unit), literal(flow_name(flow)), flow.value) for flow in flows],
            "hovertemplate": "%{customdata[1]}<br><b>%{customdata[0]}</b><extra></extra>",
        },
    }
    return make_figure([trace], parts)
