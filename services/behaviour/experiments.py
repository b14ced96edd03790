"""Experiments on a tenant's events: variants compared with a control, and whether the result may be believed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import Watermark
from metrics.behaviour import to_us
from metrics.behaviour.experiments import (
    Comparison,
    Measure,
    Method,
    Sample,
    adjust_p_values,
    assign,
    chance_to_win,
    compare,
    outcomes,
    required_entities,
    sample_ratio_p_value,
    samples,
)
from metrics.behaviour.experiments.assignment import NO_LIMIT, Assignment
from metrics.event_rows import BY, EventRows
from services.behaviour import choices
from services.behaviour.choices import Params, filled
from services.behaviour.event_sets import EventChoices, ReadEvents, days_of, find_choices, read_events
from services.behaviour.funnel import unknown_events
from services.behaviour.questions import with_part
from services.permitted import permitted
from services.platform import Platform
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

ALPHA = 0.05
_UNEVEN = 0.001
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentQuestion:
    """Entities by the variant (`by`) they met first, and what they did after it.

    `exposure`, `goal` and `guardrails` are written as in `choices.parse_step`; a guardrail must not fall. `smallest` is
    the difference a plan is made for, in per cent of the control.
    """

    model: str = ""
    entity: str = ""
    exposure: str = ""
    by: str = ""
    control: str = ""
    goal: str = ""
    measure: Measure = Measure.SHARE
    guardrails: tuple[str, ...] = ()
    window: str = "14d"
    method: Method = Method.SEQUENTIAL
    is_adjusted: bool = False
    smallest: int = 5
    range: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        plain = ExperimentQuestion()
        found = {
            "model": [self.model], "entity": [self.entity], "exposure": [self.exposure], "by": [self.by],
            "control": [self.control], "goal": [self.goal],
            "measure": [str(self.measure)] if self.measure is not plain.measure else [],
            "guardrail": list(self.guardrails), "window": [self.window] if self.window != plain.window else [],
            "method": [str(self.method)] if self.method is not plain.method else [],
            "cuped": ["yes"] if self.is_adjusted else [],
            "smallest": [str(self.smallest)] if self.smallest != plain.smallest else [], "range": [self.range],
            "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)], "where": [self.where],
        }  # fmt: skip
        return filled(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """A variant: `p_value` is made fit to be read beside those of the other variants; None for the control."""

    label: str
    sample: Sample
    comparison: Comparison | None
    p_value: float | None
    chance: float | None

    @property
    def is_winner(self) -> bool:
        """Whether it is better than the control beyond chance."""
        return (
            self.p_value is not None
            and self.p_value < ALPHA
            and bool(self.comparison and self.comparison.difference > 0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentAnswer:
    """The variants, the control first. `uneven` is the chance of a split as uneven as this, `broken` the guardrails
    that a variant makes worse beyond chance, `needed` the entities each variant needs for the smallest difference."""

    question: ExperimentQuestion
    choices: EventChoices
    assignment: Assignment
    read: ReadEvents
    variants: tuple[VariantResult, ...]
    broken: tuple[tuple[str, str], ...]
    uneven: float
    needed: int | None
    days: float
    notes: tuple[str, ...]
    watermark: Watermark

    @property
    def is_sound(self) -> bool:
        """Whether the split is what chance would make it."""
        return self.uneven >= _UNEVEN

    @property
    def winner(self) -> VariantResult | None:
        """The best variant that is better beyond chance and breaks no guardrail, where the split is sound."""
        broken = {label for label, _ in self.broken}
        able = [one for one in self.variants if one.is_winner and one.label not in broken]
        return max(able, key=lambda one: one.sample.mean) if able and self.is_sound else None


def parse_experiment(params: Params) -> ExperimentQuestion:
    """The experiment of a URL. Raises InvalidError for what no choice is."""
    return ExperimentQuestion(
        model=choices.last(params, "model"),
        entity=choices.last(params, "entity"),
        exposure=choices.last(params, "exposure"),
        by=choices.last(params, "by"),
        control=choices.last(params, "control"),
        goal=choices.last(params, "goal"),
        measure=choices.choice(params, "measure", Measure, Measure.SHARE),
        guardrails=choices.several(params, "guardrail"),
        window=choices.last(params, "window", "14d"),
        method=choices.choice(params, "method", Method, Method.SEQUENTIAL),
        is_adjusted=choices.last(params, "cuped") == "yes",
        smallest=choices.whole(params, "smallest", 5, high=100),
        range=choices.last(params, "range"),
        first=choices.day(params, "from"),
        last=choices.day(params, "to"),
        where=choices.last(params, "where"),
    )


@permitted(Permission.METRIC_QUERY)
def complete_experiment(
    platform: Platform, principal: Principal, question: ExperimentQuestion
) -> tuple[ExperimentQuestion, EventChoices]:
    """The question with event set, entity and exposure filled in; what varies and the goal are the reader's."""
    known = find_choices(platform, principal, question.model, is_for_cohorts=True)
    exposure = question.exposure or " | ".join(known.events.start) or next(iter(known.counts), "any")
    by = question.by or known.events.variant or ""
    entity = question.entity or next(iter(known.entities))
    return replace(question, model=known.model.name, entity=entity, exposure=exposure, by=by), known


@permitted(Permission.METRIC_QUERY)
def answer_experiment(platform: Platform, principal: Principal, question: ExperimentQuestion) -> ExperimentAnswer:
    """The comparison of the variants. Raises UserError where there is none."""
    question, known = complete_experiment(platform, principal, question)
    if not question.by or not question.goal:
        raise RefusedError("Choose what tells the variants apart, and the goal they are compared by.")
    read = _read(platform, principal, question, known)
    events, window = read.events, _window(question)
    assignment = assign(events, with_part("exposure", events.events), BY)
    control = question.control or assignment.labels[0]
    if control not in assignment.labels:
        raise InvalidError(f"There is no variant {control}. {suggestion(control, assignment.labels)}")
    values = outcomes(events, assignment, with_part("goal", events.events), question.measure, window, is_before=False)
    before = None
    if question.is_adjusted:
        before = outcomes(
            events, assignment, with_part("goal", events.events), question.measure, window, is_before=True
        )
    found = samples(assignment, values, question.measure, before)
    counts = [found[label].count for label in assignment.labels]
    variants = _compared(question, found, control)
    base = found[control]
    smallest = abs(base.mean) * question.smallest / 100
    span = int(assignment.exposed_at.max() - assignment.exposed_at.min()) / 1_000_000 / _DAY_S
    mixed = (f"{assignment.mixed:,} met several variants and are left out.",) if assignment.mixed else ()
    texts = (question.exposure, question.goal, *question.guardrails)
    return ExperimentAnswer(
        question=replace(question, control=control),
        choices=known,
        assignment=assignment,
        read=read,
        variants=variants,
        broken=_broken(question, read, assignment, control),
        uneven=sample_ratio_p_value(counts, [1.0] * len(counts)),
        needed=required_entities(base.variance, smallest, alpha=ALPHA, variants=len(counts)) if smallest else None,
        days=span,
        notes=(*events.dropped_notes(), *mixed, *unknown_events(texts, known)),
        watermark=read.watermark,
    )


def entities_with(answer: ExperimentAnswer, label: str) -> list[object]:
    """The keys of the entities of a variant."""
    number = answer.assignment.labels.index(label)
    places = answer.assignment.entities[answer.assignment.variants == number]
    return list(answer.read.events.entities.take(places).to_pylist())


def _read(platform: Platform, principal: Principal, question: ExperimentQuestion, known: EventChoices) -> ReadEvents:
    first, last = days_of(compile_context(platform, principal), question.range, question.first, question.last)
    texts = {"exposure": question.exposure, "goal": question.goal}
    texts |= {f"guard{number}": text for number, text in enumerate(question.guardrails, start=1)}
    named = tuple(
        replace(choices.parse_step(text), name=name, until=last if name == "exposure" else None)
        for name, text in texts.items()
    )
    asked = EventRows(
        entity=question.entity, named=named, by=question.by, where=question.where,
        first=None if question.is_adjusted else first, has_value=known.events.value is not None,
    )  # fmt: skip
    return read_events(platform, principal, question.model, asked)


def _window(question: ExperimentQuestion) -> int:
    window = choices.window(question.window)
    return NO_LIMIT if window is None else to_us(window)


def _compared(question: ExperimentQuestion, found: Mapping[str, Sample], control: str) -> tuple[VariantResult, ...]:
    others = [label for label in found if label != control]
    comparisons = {
        label: compare(found[control], found[label], method=question.method, alpha=ALPHA) for label in others
    }
    adjusted = dict(zip(others, adjust_p_values([comparisons[label].p_value for label in others]), strict=True))
    return tuple(
        VariantResult(
            label=label,
            sample=found[label],
            comparison=comparisons.get(label),
            p_value=adjusted.get(label),
            chance=chance_to_win(found[control], found[label]) if label in comparisons else None,
        )
        for label in (control, *others)
    )


def _broken(
    question: ExperimentQuestion, read: ReadEvents, assignment: Assignment, control: str
) -> tuple[tuple[str, str], ...]:
    """The variants with the guardrails they make worse beyond chance."""
    broken = []
    for number, text in enumerate(question.guardrails, start=1):
        names = with_part(f"guard{number}", read.events.events)
        values = outcomes(read.events, assignment, names, Measure.SHARE, _window(question), is_before=False)
        found = samples(assignment, values, Measure.SHARE)
        for label in assignment.labels:
            if label != control:
                known = compare(found[control], found[label], method=question.method, alpha=ALPHA)
                broken += [(label, text)] if known.is_significant and known.difference < 0 else []
    return tuple(broken)
