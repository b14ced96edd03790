"""What every figure shares: layout, axes, words outside the marks, the band of an incomplete period."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from charts.domain import TICK_LIMIT, Domain, DomainKind, time_value
from charts.labels import EMPTY, shorten
from charts.periods import Tick
from charts.plan import NAME_LIMIT, Plan
from charts.spec import Grain, Role
from charts.theme import Theme, ink, screen_theme
from charts.ticks import Scale

if TYPE_CHECKING:
    import plotly.graph_objects as go

Part = dict[str, object]

FONT_SIZE = 12
TICK_SIZE = 11.5
HEIGHT = 260
NOTE_HEIGHT = 22
KEY_LINE = 18
# As many fit on a line of a phone.
KEY_CHARACTERS = 40
HATCH_ALPHA = 0.5

# What a phone leaves for the plot and the words right of it, and how far apart its tick labels must be.
PHONE_WIDTH = 290
TICK_GAP = 10

# How a period reads as the title of the hover box, in d3's time format.
_HOVER_FORMATS = {
    Grain.HOUR: "%-d %b %Y, %H:%M",
    Grain.DAY: "%-d %b %Y",
    Grain.WEEK: "week of %-d %b %Y",
    Grain.MONTH: "%b %Y",
    Grain.QUARTER: "Q%q %Y",
    Grain.YEAR: "%Y",
}


def literal(text: str) -> str:
    """Text that Plotly shows as it is: its labels understand a little markup."""
    return html.escape(text, quote=False)


def bold(text: str) -> str:
    """Literal text in bold."""
    return f"<b>{literal(text)}</b>"


def x_value(domain: Domain, position: float) -> str | float:
    """A position as the x axis takes it."""
    return time_value(position) if domain.kind is DomainKind.TIME else position


def x_values(domain: Domain, positions: Sequence[float]) -> list[str | float]:
    """Positions as the x axis takes them."""
    return [x_value(domain, position) for position in positions]


def text_pixels(text: str, size: float = FONT_SIZE) -> int:
    """About how wide a line of bold text is; the browser measures later, but margins must be known now."""
    return round(len(text) * size * 0.56)


def layout(theme: Theme, *, top: int = 6, right: int = 0, height: int = HEIGHT, hovermode: str = "closest") -> Part:
    """The layout without axes. Nothing zooms or drags: a chart in a page must not catch the scrolling finger."""
    return {
        # Streamlit writes its fonts into the template, so there must be one; Plotly's own has colours that do not
        # follow the theme and weighs more than most figures.
        "template": {"layout": {"separators": ".,"}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "t": top, "b": 0, "r": right, "pad": 0},
        "height": height,
        "font": {"size": FONT_SIZE, "color": theme.ink},
        "showlegend": False,
        "hovermode": hovermode,
        "dragmode": False,
        "bargap": 0.32,
        "barcornerradius": 3,
        "separators": ".,",
        "hoverlabel": {
            "bgcolor": theme.background,
            "bordercolor": theme.shade(ink("context")),
            "font": {"size": FONT_SIZE, "color": theme.ink},
            "namelength": -1,
        },
        "annotations": [],
    }


def _axis(theme: Theme, low: float | str, high: float | str) -> Part:
    return {
        "range": [low, high],
        "fixedrange": True,
        "automargin": True,
        "showgrid": False,
        "gridcolor": theme.shade(ink("grid")),
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
        "tickangle": 0,
        "tickfont": {"size": TICK_SIZE, "color": theme.shade(ink("tick"))},
    }


def domain_axis(theme: Theme, domain: Domain, extent: tuple[float, float], *, right: int = 0) -> Part:
    """The x axis with its explicit ticks, as many as fit on a phone beside labels `right` pixels wide."""
    low, high = (x_value(domain, end) for end in extent)
    axis = _axis(theme, low, high)
    ticks = _fitting_ticks(domain, PHONE_WIDTH - right)
    axis |= {
        "type": "date" if domain.kind is DomainKind.TIME else "linear",
        "tickmode": "array",
        "tickvals": x_values(domain, [tick.at for tick in ticks]),
        "ticktext": [tick_text(tick) for tick in ticks],
        "ticklabeloverflow": "allow",
        # The line under the pointer has a white border on a transparent ground, which glares in the dark.
        "showspikes": False,
    }
    if domain.grain is not None and domain.kind is DomainKind.TIME:
        # Without a title of its own the hover box would show the tick's label, which has no year.
        axis["unifiedhovertitle"] = {"text": f"%{{x|{_HOVER_FORMATS[domain.grain]}}}"}
    return axis


def _fitting_ticks(domain: Domain, width: int) -> tuple[Tick, ...]:
    limit = TICK_LIMIT
    while True:
        ticks = domain.ticks(limit)
        widest = max((text_pixels(max(tick.text, tick.second, key=len), TICK_SIZE) for tick in ticks), default=0)
        if limit <= 2 or len(ticks) * (widest + TICK_GAP) <= width + TICK_GAP:
            return ticks
        limit -= 1


def tick_text(tick: Tick) -> str:
    """A tick's label, on one or two lines."""
    return literal(tick.text) + (f"<br>{literal(tick.second)}" if tick.second else "")


def value_axis(theme: Theme, scale: Scale, texts: Sequence[str]) -> Part:
    """The axis of values, with its grid."""
    return _axis(theme, scale.low, scale.high) | {
        "type": "linear",
        "showgrid": True,
        "tickmode": "array",
        "tickvals": list(scale.ticks),
        "ticktext": [literal(text) for text in texts],
    }


def annotation(text: str, **settings: object) -> Part:
    """A word on the figure without arrow or box; `text` may hold markup."""
    return {"text": text, "showarrow": False, "borderpad": 0, "font": {"size": FONT_SIZE}} | settings


def note(theme: Theme, plan: Plan) -> list[Part]:
    """What the incomplete period is, above its band, ending where the band ends."""
    if plan.band is None or not plan.chart.incomplete_note:
        return []
    return [
        annotation(
            literal(plan.chart.incomplete_note),
            x=x_value(plan.domain, plan.band[1]),
            xanchor="right",
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=3,
            font={"size": TICK_SIZE, "color": theme.shade(ink("tick"))},
        )
    ]


def band(theme: Theme, plan: Plan) -> list[Part]:
    """The hatched stretch of a period still running."""
    if plan.band is None:
        return []
    low, high = (x_value(plan.domain, end) for end in plan.band)
    bottom, top = plan.scale.low, plan.scale.high
    return [
        {
            "type": "scatter",
            "x": [low, high, high, low],
            "y": [bottom, bottom, top, top],
            "mode": "lines",
            "line": {"width": 0, "color": "rgba(0,0,0,0)"},
            "fill": "toself",
            "fillcolor": "rgba(0,0,0,0)",
            "fillpattern": {
                "shape": "/",
                "size": 7,
                "solidity": 0.16,
                "fgcolor": theme.colour(Role.SERIES_8, HATCH_ALPHA),
                "bgcolor": "rgba(0,0,0,0)",
                "fillmode": "replace",
            },
            "hoverinfo": "skip",
            "name": "",
        }
    ]


def key(theme: Theme, plan: Plan) -> tuple[list[Part], int]:
    """The names of several series above the plot, each behind a square of its colour, and the height they take."""
    if len(plan.runs) < 2:
        return [], 0
    lines: list[str] = [""]
    used = 0
    for run in plan.runs[: len(Role)]:
        name = shorten(run.name, NAME_LIMIT)
        if used and used + len(name) > KEY_CHARACTERS:
            lines.append("")
            used = 0
        entry = f'<span style="color:{theme.colour(run.role)}">■</span> {literal(name)}'
        lines[-1] += ("   " if used else "") + entry
        used += len(name) + 5
    words = annotation(
        "<br>".join(lines),
        x=0,
        xref="paper",
        xanchor="left",
        align="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=8,
        font={"size": TICK_SIZE},
    )
    return [words], KEY_LINE * len(lines) + 6


def hover_template(plan: Plan) -> str:
    """What the hover box says of a value: on a time axis its title is the period already.

    `customdata` holds the value in full and the full label of the x.
    """
    if plan.domain.kind is DomainKind.TIME:
        return "%{customdata[0]}<extra>" + ("%{fullData.name}" if len(plan.runs) > 1 else "") + "</extra>"
    name = ", %{fullData.name}" if len(plan.runs) > 1 else ""
    return "%{customdata[1]}" + name + "<br><b>%{customdata[0]}</b><extra></extra>"


def empty_figure() -> "go.Figure":
    """A figure that says there is nothing, instead of drawing a zero."""
    theme = screen_theme()
    words = annotation(
        EMPTY, x=0.5, y=0.5, xref="paper", yref="paper", font={"size": FONT_SIZE, "color": theme.shade(ink("tick"))}
    )
    hidden = {"visible": False, "fixedrange": True}
    return make_figure([], layout(theme) | {"annotations": [words], "xaxis": hidden, "yaxis": hidden})


def make_figure(traces: Sequence[Part], parts: Part) -> "go.Figure":
    """The Plotly object, validated by Plotly itself."""
    # Plotly takes most of a second to import and only pages need it.
    import plotly.graph_objects as go

    return go.Figure({"data": list(traces), "layout": parts})
