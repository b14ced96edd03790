"""Retention of a tenant's entities: the cohorts, all of them together, those that differ, and who is in a cell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from core.result import Watermark
from metrics.behaviour import EventSet, RetentionResult, RetentionSpec, compute_retention, find_visits, period_edges
from metrics.behaviour.cohort_comparison import CohortGap, find_gaps, simple_rates, weighted_rates
from metrics.behaviour.cohort_value import CohortValue, Worth, overall_worth, value_cohorts, worth
from metrics.behaviour.result import Cohort
from metrics.behaviour.retention_split import RetentionSplit, split_retention
from metrics.event_rows import BY, EventRows
from services.behaviour.event_sets import EventChoices, days_of, find_choices, read_events
from services.behaviour.funnel import unknown_events
from services.behaviour.questions import RetentionQuestion, Shown
from services.permitted import permitted
from services.platform import Platform
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

_ANSWERED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionAnswer:
    """A retention table. `overall` is the share of each period over all cohorts that are through with it.

    `gaps` are the cohorts that differ from the others beyond chance, the weakest first. Where the question asks for
    them, `split` has a row for each value of a dimension, and `values` the amounts of the returns.
    """

    question: RetentionQuestion
    choices: EventChoices
    result: RetentionResult
    overall: tuple[float | None, ...]
    gaps: tuple[CohortGap, ...]
    split: RetentionSplit | None
    values: tuple[CohortValue, ...] | None
    events: EventSet
    spec: RetentionSpec
    notes: tuple[str, ...]
    sql: str
    watermark: Watermark

    @property
    def entity_label(self) -> str:
        """Whose retention it is."""
        return self.choices.entities[self.question.entity]

    @property
    def weakest(self) -> CohortGap | None:
        """The cohort furthest below the others; None where none is below them beyond chance."""
        return self.gaps[0] if self.gaps and self.gaps[0].gap < 0 else None

    @property
    def answered(self) -> int | None:
        """The period that the answer is about: the last of the first six that some cohort is through with."""
        return _answered(self.overall)


def complete_retention(question: RetentionQuestion, known: EventChoices) -> RetentionQuestion:
    """The question with what it leaves open filled in: the model's own events, or what happens most."""
    start = question.start or " | ".join(known.events.start) or next(iter(known.counts), "any")
    returns = question.returns or " | ".join(known.events.returns) or (start if question.start else "any")
    entity = question.entity or next(iter(known.entities))
    return replace(question, model=known.model.name, start=start, returns=returns, entity=entity)


@permitted(Permission.METRIC_QUERY)
def answer_retention(platform: Platform, principal: Principal, question: RetentionQuestion) -> RetentionAnswer:
    """The retention table of a question. Raises UserError where it has none."""
    known = find_choices(platform, principal, question.model, is_for_cohorts=True)
    question = complete_retention(question, known)
    first, last = days_of(compile_context(platform, principal), question.range, question.first, question.last)
    asked = EventRows(
        entity=question.entity, named=question.named(), by=question.by or None, where=question.where,
        has_value=question.shows is not Shown.SHARE,
    )  # fmt: skip
    read = read_events(platform, principal, question.model, asked)
    tenant = principal.tenant
    spec = question.spec(read.events.events, ZoneInfo(tenant.zone), tenant.week_start)
    whole = compute_retention(read.events, spec, until=known.until_us)
    cohorts = tuple(
        one for one in whole.cohorts if (first is None or one.begins >= first) and (last is None or one.begins <= last)
    )
    result = replace(whole, cohorts=cohorts)
    overall = simple_rates(result) if question.is_simple_mean else weighted_rates(result)
    return RetentionAnswer(
        question=question,
        choices=known,
        result=result,
        overall=overall,
        gaps=find_gaps(result),
        split=_split(read.events, spec, known, question, result) if question.by and cohorts else None,
        values=_values(read.events, spec, known, cohorts) if question.shows is not Shown.SHARE else None,
        events=read.events,
        spec=spec,
        notes=(*read.events.dropped_notes(), *unknown_events((question.start, question.returns), known)),
        sql=read.sql,
        watermark=read.watermark,
    )


def shown_amount(answer: RetentionAnswer, cohort: Cohort, place: int) -> Decimal | None:
    """What a cell shows of the amounts; None for a period that has not begun."""
    found = [one for one in answer.values or () if one.cohort.begins == cohort.begins]
    return worth(found, place, Worth(answer.question.shows))


def overall_amounts(answer: RetentionAnswer) -> tuple[Decimal | None, ...]:
    """The same over all cohorts that are through with a period."""
    how = Worth(answer.question.shows)
    return tuple(overall_worth(answer.values or (), place, how) for place in range(answer.spec.columns))


def entities_in(answer: RetentionAnswer, cohort: Cohort, period: int, *, has_left: bool = False) -> list[object]:
    """The keys of a cohort's entities that count in a period, or of those that do not."""
    edges = period_edges(answer.events, answer.spec, answer.choices.until_us)
    visits = find_visits(answer.events, answer.spec, edges)
    is_here = visits.present(period)
    chosen = (visits.cohorts == edges.days.index(cohort.begins)) & (~is_here if has_left else is_here)
    return list(answer.events.entities.take(np.unique(visits.entities[chosen])).to_pylist())


def entities_of_row(answer: RetentionAnswer, row: int, period: int, *, has_left: bool = False) -> list[object]:
    """The keys of the entities of a row of the split that count in a period, or of those that do not."""
    if answer.split is None:
        return []
    visits = find_visits(answer.events, answer.spec, period_edges(answer.events, answer.spec, answer.choices.until_us))
    chosen = answer.split.entries(visits, row, period, has_left=has_left)
    return list(answer.events.entities.take(np.unique(visits.entities[chosen])).to_pylist())


def _split(
    events: EventSet, spec: RetentionSpec, known: EventChoices, question: RetentionQuestion, result: RetentionResult
) -> RetentionSplit:
    edges = period_edges(events, spec, known.until_us)
    return split_retention(
        find_visits(events, spec, edges), edges, result.cohorts, events.properties[BY], columns=spec.columns,
        top=question.top, period=_answered(weighted_rates(result)),
    )  # fmt: skip


def _answered(overall: tuple[float | None, ...]) -> int | None:
    known = [period for period, share in enumerate(overall) if share is not None and 0 < period <= _ANSWERED]
    return known[-1] if known else None


def _values(
    events: EventSet, spec: RetentionSpec, known: EventChoices, cohorts: Sequence[Cohort]
) -> tuple[CohortValue, ...]:
    if events.amounts is None or not cohorts:
        return ()
    shown = {one.begins for one in cohorts}
    return tuple(one for one in value_cohorts(events, spec, until=known.until_us) if one.cohort.begins in shown)
