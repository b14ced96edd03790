"""Figures of scatter plots: a dot for each name, those that stand out with their names."""

from typing import TYPE_CHECKING

from charts.points import Cloud, plan_points, point_name, points_of
from charts.screen.frame import (
    FONT_SIZE,
    HEIGHT,
    TICK_SIZE,
    Part,
    annotation,
    domain_axis,
    empty_figure,
    layout,
    literal,
    make_figure,
    value_axis,
)
from charts.spec import Chart, Role
from charts.theme import Theme, ink
from core.numbers import full

if TYPE_CHECKING:
    import plotly.graph_objects as go

DOT_ALPHA = 0.65
# Above this a browser draws dots quicker on a canvas than as shapes.
MOST_SHAPES = 2_000


def scatter_figure(chart: Chart, theme: Theme) -> "go.Figure":
    """The figure for the screen; the axes are named, because both are measures."""
    if not points_of(chart):
        return empty_figure()
    cloud = plan_points(chart)
    plan = cloud.plan
    parts = layout(theme, top=24, right=10, height=HEIGHT + 40)
    across, up = chart.series
    grey = {"size": TICK_SIZE, "color": theme.shade(ink("label"))}
    parts["xaxis"] = domain_axis(theme, plan.domain, (cloud.scale.low, cloud.scale.high)) | {
        "showgrid": True,
        "title": {"text": f"{literal(across.name)} →", "font": grey, "standoff": 8},
    }
    parts["yaxis"] = value_axis(theme, plan.scale, plan.value_ticks)
    title = annotation(
        f"↑ {literal(up.name)}",
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=6,
        font=grey,
    )
    parts["annotations"] = [title, *_names(cloud)]
    return make_figure([_dots(cloud, theme)], parts)


def _names(cloud: Cloud) -> list[Part]:
    return [
        annotation(
            literal(point_name(point)), x=point.across, y=point.up, font={"size": FONT_SIZE - 1},
            xanchor="right" if cloud.is_right(point) else "left", xshift=-7 if cloud.is_right(point) else 7,
        )
        for point in cloud.named
    ]  # fmt: skip


def _dots(cloud: Cloud, theme: Theme) -> Part:
    chart = cloud.plan.chart
    across, up = chart.series
    size = 9 if len(cloud.points) <= 200 else 5
    return {
        "type": "scatter" if len(cloud.points) <= MOST_SHAPES else "scattergl",
        "mode": "markers",
        "name": literal(chart.title),
        "x": [point.across for point in cloud.points],
        "y": [point.up for point in cloud.points],
        "marker": {"size": size, "color": theme.colour(Role.MAIN, DOT_ALPHA), "line": {"width": 0}},
        "customdata": [
            (
                f"{literal(across.name)} {full(point.across, chart.unit_of(across))}<br>"
                f"{literal(up.name)} {full(point.up, chart.unit_of(up))}",
                literal(str(point.x)),
                point.across,
                point.up,
            )
            for point in cloud.points
        ],
        "hovertemplate": "<b>%{customdata[1]}</b><br>%{customdata[0]}<extra></extra>",
    }
