"""What Retention shows of a split: a row for each value, from which the entities behind a share open."""

from app.ui.card import CardHeader, card, card_header
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.heat_map import HeatCell, HeatMap, HeatRow, heat_map, shade_of
from core import numbers
from metrics.behaviour.retention_split import SplitRow
from notebooks import AskedPage
from services.behaviour import RetentionAnswer
from services.behaviour.marks import entities_of_cell
from services.platform import Platform
from tenants.access import Permission, Principal


def column_label(found: RetentionAnswer, place: int) -> str:
    """The number of a period, or the first and last of a bracket."""
    first, after = found.spec.bounds_of(place)
    return str(first) if after == first + 1 else f"{first}\u2013{after - 1}"


def percent(share: float | None) -> str:
    """A share in whole per cent, as the cells of a heat map have it."""
    return numbers.UNDEFINED if share is None else f"{share * 100:.0f}"


def split_sentence(found: RetentionAnswer) -> str:
    """The value that is furthest from the others beyond chance, or that none is."""
    split = found.split
    if split is None or split.period is None:
        return ""
    unit = f"{found.question.period} {column_label(found, split.period)}"
    told = [row for row in split.rows if row.difference is not None and row.difference.is_beyond_chance]
    if not told:
        return f" No {_label(found).lower()} differs from the others beyond chance in {unit}."
    return f" {_difference(max(told, key=lambda row: abs(_gap(row))))} than the others in {unit}."


def draw_split_card(platform: Platform, principal: Principal, found: RetentionAnswer) -> None:
    """The table of a split, for one that has rows."""
    split, unit, who = found.split, found.question.period, found.entity_label.lower()
    if split is None:
        return
    may_open = principal.can(Permission.DATA_READ)
    with card(key="retention_split"):
        hint = f" Choose a cell for the {who} behind it." if may_open else ""
        subtitle = f"% of those that started, over the cohorts that are through with the {unit}.{hint}"
        header = CardHeader(title=f"By {_label(found).lower()} at the start", subtitle=subtitle)
        card_header(header, key="retention_split")
        act = heat_map(_heat(found, split.rows, may_open=may_open), key="retention_split")
    if act is not None:
        open_cell(platform, principal, found, act)


def open_cell(platform: Platform, principal: Principal, found: RetentionAnswer, mark: str) -> None:
    """A dialog with those behind a cell, and with those that are not back."""
    name, _, place = mark.rpartition(":")
    label = next((one.label for one in found.result.cohorts if one.begins.isoformat() == name), name.removeprefix("="))
    when = f"{found.question.period} {column_label(found, int(place))}"
    of = MarkOf(
        model=found.question.model, entity=found.question.entity, label=found.entity_label, page=AskedPage.RETENTION,
        params=found.question.to_params(),
    )  # fmt: skip
    gone = f"{mark}:left"
    open_entities(
        platform, principal, of,
        Behind(title=f"{label}, back in {when}", keys=entities_of_cell(found, mark), mark=mark),
        Behind(title=f"{label}, not back in {when}", keys=entities_of_cell(found, gone), mark=gone),
    )  # fmt: skip


def _heat(found: RetentionAnswer, rows: tuple[SplitRow, ...], *, may_open: bool) -> HeatMap:
    columns = range(found.spec.columns)
    shares = [share for row in rows for place in columns if place and (share := row.share(place)) is not None]
    low, high = (min(shares), max(shares)) if shares else (0.0, 1.0)
    drawn = []
    for row in rows:
        cells: list[HeatCell | None] = []
        for place in columns:
            share = row.share(place)
            if share is None:
                cells.append(None)
                continue
            count = row.counts[place]
            when = f"{found.question.period} {column_label(found, place)}"
            spoken = f"{row.label}, {when}: {count:,} of {row.sizes[place]:,}, {percent(share)} per cent"
            act = f"={row.label}:{place}" if may_open else ""
            shade = shade_of(share, low, high) if place else 0.0
            cells.append(HeatCell(text=percent(share), spoken=spoken, shade=shade, act=act))
        mark = f"{_difference(row)} than the others" if _is_weaker(row) else ""
        drawn.append(HeatRow(label=row.label, size=f"{row.size:,}", cells=tuple(cells), mark=mark))
    return HeatMap(
        caption=f"Share of {found.entity_label.lower()} that came back, by {_label(found).lower()}",
        corner=_label(found),
        size_label=found.entity_label,
        columns=tuple(column_label(found, place) for place in columns),
        rows=tuple(drawn),
    )


def _label(found: RetentionAnswer) -> str:
    return found.choices.dimensions.get(found.question.by, found.question.by)


def _gap(row: SplitRow) -> float:
    return 0.0 if row.difference is None else row.difference.gap


def _is_weaker(row: SplitRow) -> bool:
    return row.difference is not None and row.difference.is_beyond_chance and _gap(row) < 0


def _difference(row: SplitRow) -> str:
    points = numbers.change(abs(_gap(row)), "ratio").removeprefix("+")
    return f"{row.label} is {points} {'weaker' if _gap(row) < 0 else 'stronger'}"
