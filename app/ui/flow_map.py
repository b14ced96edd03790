"""Paths as a Sankey diagram: a column of events for each step, and bands between them as wide as what they carry.

Every event is a button; what the picture says stands in a table beside it for those who cannot see it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render

_WIDTH, _NODE, _GAP, _TOP = 1000.0, 10.0, 14.0, 4.0
_HEIGHT, _LEAST = 300.0, 1.5
_LABEL = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLink:
    """How many go from an event of one step to an event of the next."""

    step: int
    source: str
    target: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBox:
    """An event at a step, where it stands, and how many come to it; `share` is of all that are followed."""

    step: int
    name: str
    count: int
    share: float
    left: float
    top: float
    height: float

    @property
    def act(self) -> str:
        """What a click sends."""
        return f"{self.step}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBand:
    """A band between two events as a path of SVG."""

    path: str
    width: float
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMap:
    """A Sankey diagram ready to be drawn; `caption` says what it shows, `who` names what is followed."""

    caption: str
    who: str
    boxes: tuple[FlowBox, ...]
    bands: tuple[FlowBand, ...]
    height: float
    is_open: bool = False

    @property
    def width(self) -> float:
        """The width of the drawing."""
        return _WIDTH


def build_flow_map(links: Sequence[FlowLink], *, caption: str, who: str, is_open: bool) -> FlowMap:
    """Places the events of each step below each other, the most frequent first, and the bands between them."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for link in links:
        counts[link.step + 1, link.target] += link.count
        if link.step == 0:
            counts[0, link.source] += link.count
    total = sum(count for (step, _), count in counts.items() if step == 0)
    steps = sorted({step for step, _ in counts})
    scale = _HEIGHT / total if total else 0.0
    space = (_WIDTH - _LABEL - _NODE) / max(1, len(steps) - 1)
    boxes: dict[tuple[int, str], FlowBox] = {}
    height = 0.0
    for step in steps:
        top = _TOP
        for name, count in sorted(
            ((n, c) for (s, n), c in counts.items() if s == step), key=lambda one: (-one[1], one[0])
        ):
            size = max(_LEAST, count * scale)
            boxes[step, name] = FlowBox(
                step=step, name=name, count=count, share=count / total, left=step * space, top=top, height=size
            )
            top += max(size, 15.0) + _GAP
        height = max(height, top)
    return FlowMap(
        caption=caption, who=who, boxes=tuple(boxes.values()), bands=tuple(_bands(links, boxes, scale, who)),
        height=height, is_open=is_open,
    )  # fmt: skip


def _bands(
    links: Sequence[FlowLink], boxes: dict[tuple[int, str], FlowBox], scale: float, who: str
) -> list[FlowBand]:  # fmt: skip
    left: dict[tuple[int, str], float] = defaultdict(float)
    right: dict[tuple[int, str], float] = defaultdict(float)
    ordered = sorted(
        links, key=lambda one: (one.step, boxes[one.step, one.source].top, boxes[one.step + 1, one.target].top)
    )
    bands = []
    for link in ordered:
        source, target = boxes[link.step, link.source], boxes[link.step + 1, link.target]
        width = max(_LEAST, link.count * scale)
        begin = source.top + left[source.step, source.name] + width / 2
        end = target.top + right[target.step, target.name] + width / 2
        left[source.step, source.name] += link.count * scale
        right[target.step, target.name] += link.count * scale
        x0, x1 = source.left + _NODE, target.left
        middle = (x0 + x1) / 2
        path = f"M{x0:.1f},{begin:.1f} C{middle:.1f},{begin:.1f} {middle:.1f},{end:.1f} {x1:.1f},{end:.1f}"
        spoken = f"{link.source} to {link.target}: {link.count:,} {who}"
        bands.append(FlowBand(path=path, width=width, spoken=spoken))
    return bands


def render_flow_map(flow: FlowMap) -> Markup:
    """The markup of a Sankey diagram."""
    return render("flow_map.html", flow=flow)


def flow_map(flow: FlowMap, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a Sankey diagram inside a card."""
    return surface(render_flow_map(flow), key=f"flow_{key}", on_act=on_act)
