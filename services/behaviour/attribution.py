"""Who is given the credit for a tenant's conversions: every model side by side, with cost and return."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from core.errors import InvalidError, LimitError, RefusedError
from core.result import Watermark
from metrics import MetricQuery
from metrics.behaviour import EventSet
from metrics.behaviour.attribution import AttributionSpec, ChannelCredit, Journey, Model, Touch, attribute
from metrics.behaviour.attribution.credit import UNTOUCHED
from metrics.event_rows import BY, EventRows, event_models
from services.behaviour import choices
from services.behaviour.choices import Params, filled
from services.behaviour.event_sets import EventChoices, days_of, find_choices, read_events
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.query import ask
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

NOT_SET = "(not set)"
_DAY = dt.timedelta(days=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


MODEL_LABELS = {
    Model.FIRST: "First touch", Model.LAST: "Last touch", Model.LINEAR: "Linear", Model.U_SHAPED: "U-shaped",
    Model.W_SHAPED: "W-shaped", Model.TIME_DECAY: "Time decay", Model.POSITION: "Own weights",
    Model.MARKOV: "Markov", Model.SHAPLEY: "Shapley",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionQuestion:
    """Conversions of one event set, and the touches of another before them, by a dimension of the touches.

    `converts` is written as in `choices.parse_step`; `milestone` is the touch that made the lead. Both event sets have
    the entity. The range is that of the conversions.
    """

    touches: str = ""
    by: str = ""
    conversions: str = ""
    converts: str = ""
    entity: str = ""
    model: Model = Model.LINEAR
    window: str = "90d"
    half_life: str = "7d"
    weights: tuple[float, float, float] = (0.4, 0.2, 0.4)
    milestone: str = ""
    range: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        plain = AttributionQuestion()
        found = {
            "touches": [self.touches], "by": [self.by], "conversions": [self.conversions],
            "converts": [self.converts], "entity": [self.entity],
            "model": [str(self.model)] if self.model is not plain.model else [],
            "window": [self.window] if self.window != plain.window else [],
            "half_life": [self.half_life] if self.half_life != plain.half_life else [],
            "weights": [",".join(map(str, self.weights))] if self.weights != plain.weights else [],
            "milestone": [self.milestone], "range": [self.range],
            "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)], "where": [self.where],
        }  # fmt: skip
        return filled(found)

    def spec(self, model: Model) -> AttributionSpec:
        """What is computed. Raises InvalidError."""
        half_life = choices.window(self.half_life)
        if half_life is None:
            raise InvalidError("A touch has a half-life, such as 7d.")
        return AttributionSpec(
            model=model, window=choices.window(self.window), half_life=half_life, weights=self.weights
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionAnswer:
    """The credit of each channel under each model; a model that cannot be computed is left out, and a note says why.

    `journeys` are those that converted, `keys` whose each of them is.
    """

    question: AttributionQuestion
    touches: EventChoices
    conversions: EventChoices
    credits: Mapping[Model, tuple[ChannelCredit, ...]]
    journeys: tuple[Journey, ...]
    keys: tuple[object, ...]
    has_cost: bool
    notes: tuple[str, ...]
    sql: str
    watermark: Watermark

    @property
    def value(self) -> Decimal:
        """What all conversions are worth."""
        return sum((journey.value for journey in self.journeys), Decimal(0))


def parse_attribution(params: Params) -> AttributionQuestion:
    """The attribution of a URL. Raises InvalidError for what no choice is."""
    return AttributionQuestion(
        touches=choices.last(params, "touches"),
        by=choices.last(params, "by"),
        conversions=choices.last(params, "conversions"),
        converts=choices.last(params, "converts"),
        entity=choices.last(params, "entity"),
        model=choices.choice(params, "model", Model, Model.LINEAR),
        window=choices.last(params, "window", "90d"),
        half_life=choices.last(params, "half_life", "7d"),
        weights=_weights(choices.last(params, "weights", "0.4,0.2,0.4")),
        milestone=choices.last(params, "milestone"),
        range=choices.last(params, "range"),
        first=choices.day(params, "from"),
        last=choices.day(params, "to"),
        where=choices.last(params, "where"),
    )


def can_attribute(platform: Platform, principal: Principal) -> bool:
    """Whether one event set has channels, and another one conversions."""
    if not principal.can(Permission.METRIC_QUERY):
        return False
    found = [model.events for model in event_models(require_catalog(platform, principal)).values()]
    return any(one and one.channel for one in found) and any(one and one.converts for one in found)


@permitted(Permission.METRIC_QUERY)
def answer_attribution(platform: Platform, principal: Principal, question: AttributionQuestion) -> AttributionAnswer:
    """The credit under every model. Raises UserError where there is none."""
    question, touched, converted = _completed(platform, principal, question)
    first, last = days_of(compile_context(platform, principal), question.range, question.first, question.last)
    named = replace(choices.parse_step(question.converts), name="conversion")
    goals = read_events(
        platform, principal, question.conversions,
        EventRows(
            entity=question.entity, named=(named,), where=question.where, first=first, last=last,
            has_value=converted.events.value is not None,
        ),
    )  # fmt: skip
    contacts = read_events(
        platform, principal, question.touches, EventRows(entity=question.entity, by=question.by, last=last)
    )
    journeys, keys = build_journeys(contacts.events, goals.events, question.milestone)
    if not keys:
        raise RefusedError("There is no conversion in this range, so there is no credit to give.")
    costs, notes = _costs(platform, principal, question, touched, (first, last))
    found: dict[Model, tuple[ChannelCredit, ...]] = {}
    for model in Model:
        try:
            found[model] = attribute(journeys, question.spec(model), costs)
        except LimitError as error:
            notes = (*notes, error.message)
    return AttributionAnswer(
        question=question,
        touches=touched,
        conversions=converted,
        credits=found,
        journeys=tuple(journeys[: len(keys)]),
        keys=keys,
        has_cost=bool(costs),
        notes=notes,
        sql=goals.sql,
        watermark=goals.watermark,
    )


def build_journeys(contacts: EventSet, goals: EventSet, milestone: str) -> tuple[list[Journey], tuple[object, ...]]:
    """A journey for each conversion, with all touches of its entity, and whose it is; then those that did not convert.

    A day without a clock is known to its end, so touches of the day of a conversion come before it.
    """
    labels = contacts.properties[BY].labels
    codes = contacts.properties[BY].codes.tolist()
    late = _DAY if goals.is_dated else dt.timedelta(0)
    touches: dict[object, tuple[Touch, ...]] = {}
    for number, key in enumerate(contacts.entities.to_pylist()):
        rows = range(int(contacts.starts[number]), int(contacts.starts[number + 1]))
        touches[key] = tuple(
            Touch(
                channel=labels[codes[row]] if codes[row] >= 0 else NOT_SET,
                at=_moment(int(contacts.times[row])),
                is_milestone=bool(milestone) and _name(contacts, row) == milestone,
            )
            for row in rows
        )
    journeys, keys = [], []
    owners = np.repeat(np.arange(goals.entity_count), np.diff(goals.starts)).tolist()
    names = goals.entities.to_pylist()
    for row, owner in enumerate(owners):
        value = goals.amounts.amount(int(goals.amounts.units[row])) if goals.amounts is not None else Decimal(0)
        at = _moment(int(goals.times[row])) + late
        journeys.append(Journey(touches=touches.get(names[owner], ()), converted_at=at, value=value))
        keys.append(names[owner])
    others = set(touches) - set(names)
    journeys += [Journey(touches=touches[key], converted_at=None) for key in sorted(others, key=str)]
    return journeys, tuple(keys)


def entities_of(answer: AttributionAnswer, channel: str) -> list[object]:
    """The keys of the entities whose conversion a channel had a part in: a touch of it within the window.

    Of "(none)" those that had no touch within it.
    """
    window = choices.window(answer.question.window)
    found: dict[object, None] = {}
    for key, journey in zip(answer.keys, answer.journeys, strict=True):
        end = journey.converted_at
        if end is None:
            continue
        met = {
            touch.channel
            for touch in journey.touches
            if touch.at <= end and (window is None or end - touch.at <= window)
        }
        if channel in (met or {UNTOUCHED}):
            found[key] = None
    return list(found)


def _completed(
    platform: Platform, principal: Principal, question: AttributionQuestion
) -> tuple[AttributionQuestion, EventChoices, EventChoices]:
    """The question with what it leaves open filled in from the definitions, and both event sets."""
    known = event_models(require_catalog(platform, principal))
    sets = {name: model.events for name, model in known.items() if model.events is not None}
    touches = question.touches or next((name for name, one in sets.items() if one.channel), "")
    conversions = question.conversions or next((name for name, one in sets.items() if one.converts), "")
    if not touches or not conversions:
        raise RefusedError("No events have a `channel`, or none are conversions (docs/metrics.md).")
    touched = find_choices(platform, principal, touches)
    converted = find_choices(platform, principal, conversions)
    shared = [name for name in touched.entities if name in converted.entities]
    if not shared:
        raise RefusedError(f"Events of {touched.model.label} and {converted.model.label} have no entity in common.")
    by = question.by or touched.events.channel
    converts = question.converts or " | ".join(converted.events.converts) or "any"
    if by is None:
        raise RefusedError(f"Choose what the credit of {touched.model.label} is given to.")
    entity = question.entity or shared[0]
    completed = replace(question, touches=touches, conversions=conversions, by=by, converts=converts, entity=entity)
    return completed, touched, converted


def _costs(
    platform: Platform, principal: Principal, question: AttributionQuestion, touched: EventChoices,
    days: tuple[dt.date | None, dt.date | None],
) -> tuple[dict[str, Decimal], tuple[str, ...]]:  # fmt: skip
    """What each channel cost in the range, where a metric tells."""
    metric = touched.events.cost
    if metric is None:
        return {}, ()
    try:
        result = ask(platform, principal, MetricQuery(metrics=(metric,), by=(question.by,), start=days[0], end=days[1]))
    except (InvalidError, RefusedError) as error:
        return {}, (f"No cost: {error.message}",)
    pairs = zip(result.values(question.by), result.values(metric), strict=True)
    return {str(channel): Decimal(str(cost)) for channel, cost in pairs if channel is not None and cost}, ()


def _name(events: EventSet, row: int) -> str:
    code = int(events.codes[row])
    return events.events[code] if code >= 0 else ""


def _moment(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _weights(text: str) -> tuple[float, float, float]:
    try:
        first, between, last = (float(one) for one in text.split(","))
    except ValueError:
        raise InvalidError(
            f"`weights` is {text!r}; write those of the first, all between and the last: 0.4,0.2,0.4."
        ) from None
    return first, between, last
