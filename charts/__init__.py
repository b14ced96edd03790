"""Charts: one specification, drawn on the screen by Plotly, on paper as ReportLab vectors, in workbooks natively.

Knows nothing of tenants, members or metrics. A kind of chart is a module in `charts.kinds`.
"""

from charts.plain import plain_form
from charts.renderers import (
    SCREEN_CONFIG,
    chart_kinds,
    native_helpers,
    render_drawing,
    render_native,
    render_plotly,
    require_drawable,
)
from charts.sparkline import sparkline_svg
from charts.spec import Chart, ChartKind, Event, Grain, Role, Series, X, Y
from charts.table import as_table

__all__ = [
    "SCREEN_CONFIG",
    "Chart",
    "ChartKind",
    "Event",
    "Grain",
    "Role",
    "Series",
    "X",
    "Y",
    "as_table",
    "chart_kinds",
    "native_helpers",
    "plain_form",
    "render_drawing",
    "render_native",
    "render_plotly",
    "require_drawable",
    "sparkline_svg",
]
