"""How a tenant's entities stand: lifecycle, stickiness and RFM, each with the entities behind its marks."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.result import Watermark
from metrics.behaviour import EventSet, to_us
from metrics.behaviour.calendar_periods import label_of
from metrics.behaviour.lifecycle import LifecyclePeriod, Presence, Standing, find_presence
from metrics.behaviour.rfm import RfmSegment, RfmTable, score_rfm
from metrics.event_rows import EventRows
from services.behaviour import choices
from services.behaviour.event_sets import EventChoices, days_of, find_choices, find_events_of_worth, read_events
from services.behaviour.funnel import unknown_events
from services.behaviour.lifecycle_questions import LifecycleQuestion, View
from services.behaviour.questions import weekday
from services.permitted import permitted
from services.platform import Platform
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_US = 86_400_000_000
# From the best to those that are gone.
_S = RfmSegment
SEGMENTS = (
    _S.CHAMPIONS, _S.LOYAL, _S.POTENTIAL_LOYALISTS, _S.NEW, _S.PROMISING, _S.NEED_ATTENTION, _S.ABOUT_TO_SLEEP,
    _S.CANNOT_LOSE, _S.AT_RISK, _S.HIBERNATING,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPeriod:
    """A period shown: its place among all, how it is called, its counts, and whether it is over."""

    place: int
    label: str
    counts: LifecyclePeriod
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StickinessBar:
    """How many entities were there in exactly `periods` of the periods, and in at least so many."""

    periods: int
    count: int
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFigures:
    """A segment by its common name. `days` since the last event and `events` are medians; `value` is a sum."""

    segment: RfmSegment
    count: int
    days: float | None
    events: float | None
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleAnswer:
    """The answer of the view asked for; what belongs to the other views is empty.

    `length` is how many periods stickiness is of. `days` are the first and last day of the range.
    """

    question: LifecycleQuestion
    choices: EventChoices
    days: tuple[dt.date | None, dt.date | None]
    events: EventSet
    notes: tuple[str, ...]
    sql: str
    watermark: Watermark
    presence: Presence | None = None
    periods: tuple[StandingPeriod, ...] = ()
    bars: tuple[StickinessBar, ...] = ()
    length: int = 0
    rfm: RfmTable | None = None
    segments: tuple[SegmentFigures, ...] = ()

    @property
    def entity_label(self) -> str:
        """Whose lifecycle it is."""
        return self.choices.entities[self.question.entity]

    @property
    def stickiness(self) -> float | None:
        """On an average period of the range, the share of all that came in it that are there."""
        came = sum(bar.count for bar in self.bars)
        return sum(bar.periods * bar.count for bar in self.bars) / came / self.length if came and self.length else None


@permitted(Permission.METRIC_QUERY)
def answer_lifecycle(platform: Platform, principal: Principal, question: LifecycleQuestion) -> LifecycleAnswer:
    """The answer of the question's view. Raises UserError where it has none."""
    is_worth = question.view is View.RFM
    model = question.model or (find_events_of_worth(platform, principal) if is_worth else "")
    known = find_choices(platform, principal, model, is_for_cohorts=True)
    question = _complete(question, known)
    first, last = days_of(compile_context(platform, principal), question.words, question.first, question.last)
    asked = EventRows(
        entity=question.entity,
        named=(replace(choices.parse_step(question.event), name="event"),),
        where=question.where,
        # Whether an entity is new is known from all that came before.
        first=None if question.view is View.LIFECYCLE else first,
        last=last,
        has_value=is_worth and known.events.value is not None,
    )
    read = read_events(platform, principal, question.model, asked)
    answer = LifecycleAnswer(
        question=question,
        choices=known,
        days=(first, last),
        events=read.events,
        notes=(*read.events.dropped_notes(), *unknown_events((question.event,), known)),
        sql=read.sql,
        watermark=read.watermark,
    )
    if read.events.row_count == 0:
        return answer
    zone = ZoneInfo(principal.tenant.zone)
    match question.view:
        case View.LIFECYCLE:
            return _with_periods(answer, zone, principal.tenant.week_start)
        case View.STICKINESS:
            return _with_bars(answer, zone, principal.tenant.week_start)
        case View.RFM:
            return _with_segments(answer, zone)


def entities_of_mark(answer: LifecycleAnswer, mark: str) -> list[object]:
    """The keys behind a mark: `2026-03-01:new`, `12` periods, `12+`, a segment, or scores as `5:4`."""
    name, _, rest = mark.partition(":")
    places: npt.NDArray[np.int64] = np.zeros(0, np.int64)
    match answer.question.view:
        case View.LIFECYCLE if answer.presence is not None and rest in set(Standing):
            place = next((one.place for one in answer.periods if one.counts.begins.isoformat() == name), None)
            places = places if place is None else answer.presence.members(Standing(rest), place)
        case View.STICKINESS if answer.presence is not None and name.removesuffix("+").isdigit():
            counts, least = answer.presence.days(), int(name.removesuffix("+"))
            places = np.flatnonzero(counts >= least if name.endswith("+") else counts == least)
        case View.RFM if answer.rfm is not None:
            if name in set(RfmSegment):
                places = np.array(answer.rfm.members(RfmSegment(name)), np.int64)
            elif name.isdigit() and rest.isdigit():
                is_chosen = (answer.rfm.recency_score == int(name)) & (answer.rfm.frequency_score == int(rest))
                places = answer.rfm.entities[is_chosen]
        case _:
            pass
    return list(answer.events.entities.take(np.sort(places)).to_pylist())


def title_of_mark(answer: LifecycleAnswer, mark: str) -> str:
    """What the entities behind a mark are."""
    name, _, rest = mark.partition(":")
    match answer.question.view:
        case View.LIFECYCLE:
            label = next((one.label for one in answer.periods if one.counts.begins.isoformat() == name), name)
            return f"{rest.capitalize()} in {label}"
        case View.STICKINESS:
            least = " or more" if name.endswith("+") else ""
            return f"Came in {name.removesuffix('+')} of {answer.length} {answer.question.unit}s{least}"
        case View.RFM:
            return f"Recency {name}, frequency {rest}" if rest else name.capitalize()


def _complete(question: LifecycleQuestion, known: EventChoices) -> LifecycleQuestion:
    event = " | ".join(known.events.returns) or "any"
    if question.view is View.RFM and known.events.converts:
        # All purchases count, not only those that are conversions.
        bought = [name for text in known.events.converts for name in choices.parse_step(text).events or ()]
        event = " | ".join(dict.fromkeys(bought)) or event
    return replace(
        question,
        model=known.model.name,
        entity=question.entity or next(iter(known.entities)),
        event=question.event or event,
    )


def _until(answer: LifecycleAnswer, zone: ZoneInfo) -> int:
    """The last moment observed: that of the last event of the set, or the end of the range."""
    until = answer.choices.until_us
    last = answer.days[1]
    return until if last is None else min(until, _begin(last + dt.timedelta(days=1), zone) - 1)


def _begin(day: dt.date, zone: ZoneInfo) -> int:
    moment = dt.datetime(day.year, day.month, day.day, tzinfo=zone)
    return to_us(moment.astimezone(dt.UTC) - _EPOCH)


def _with_periods(answer: LifecycleAnswer, zone: ZoneInfo, week_start: int) -> LifecycleAnswer:
    until, (first, _) = _until(answer, zone), answer.days
    presence = find_presence(
        answer.events, answer.question.unit, zone=zone, week_start=weekday(week_start), until=until
    )
    if presence is None:
        return answer
    # The last day of dates without a clock is known to its end.
    observed = until + _DAY_US if answer.events.is_dated else until
    shown = tuple(
        StandingPeriod(
            place=place,
            label=label_of(counts.begins, answer.question.unit),
            counts=counts,
            is_complete=int(presence.edges.moments[place + 1]) <= observed,
        )
        for place, counts in enumerate(presence.lifecycle())
        if first is None or counts.begins >= first
    )
    return replace(answer, presence=presence, periods=shown)


def _with_bars(answer: LifecycleAnswer, zone: ZoneInfo, week_start: int) -> LifecycleAnswer:
    first = answer.days[0]
    presence = find_presence(
        answer.events, answer.question.unit, zone=zone, week_start=weekday(week_start),
        since=None if first is None else _begin(first, zone), until=_until(answer, zone),
    )  # fmt: skip
    if presence is None:
        return answer
    exactly = np.bincount(presence.days())
    bars = tuple(
        StickinessBar(periods=number, count=int(exactly[number]), at_least=int(exactly[number:].sum()))
        for number in range(1, exactly.size)
    )
    return replace(answer, presence=presence, bars=bars, length=presence.count)


def _with_segments(answer: LifecycleAnswer, zone: ZoneInfo) -> LifecycleAnswer:
    until = max(_until(answer, zone), int(answer.events.times.max()))
    rfm, amounts = score_rfm(answer.events, None, until=until), answer.events.amounts
    own = np.array(rfm.segments)
    figures = []
    for segment in SEGMENTS:
        is_own = own == segment
        has_any = bool(is_own.any())
        figures.append(
            SegmentFigures(
                segment=segment,
                count=int(is_own.sum()),
                days=float(np.median(rfm.recency_days[is_own])) if has_any else None,
                events=float(np.median(rfm.frequency[is_own])) if has_any else None,
                value=None
                if rfm.amounts is None or amounts is None
                else amounts.amount(int(rfm.amounts[is_own].sum())),
            )
        )
    return replace(answer, rfm=rfm, segments=tuple(figures))
