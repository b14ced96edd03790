"""Events on a figure: a dotted line at the day, with its words at the top of the plot."""

from charts.plan import Plan
from charts.screen.frame import TICK_SIZE, Part, annotation, literal, x_value
from charts.theme import Theme, ink

LINE_PX = 15


def event_lines(theme: Theme, plan: Plan, extent: tuple[float, float]) -> list[Part]:
    """The lines, as shapes of the layout."""
    return [
        {
            "type": "line",
            "x0": x_value(plan.domain, mark.position),
            "x1": x_value(plan.domain, mark.position),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"width": 1, "dash": "dot", "color": theme.shade(ink("tick"))},
        }
        for mark in plan.event_marks(extent)
    ]


def event_words(theme: Theme, plan: Plan, extent: tuple[float, float]) -> list[Part]:
    """The words beside the lines, as annotations; the full label is told on hover."""
    return [
        annotation(
            literal(mark.text),
            hovertext=literal(mark.event.label),
            x=x_value(plan.domain, mark.position),
            xanchor="right" if mark.is_left else "left",
            xshift=-3 if mark.is_left else 3,
            y=1,
            yref="paper",
            yanchor="top",
            yshift=-LINE_PX * mark.line,
            font={"size": TICK_SIZE, "color": theme.shade(ink("label"))},
        )
        for mark in plan.event_marks(extent)
    ]
