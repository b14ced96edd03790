"""The marks of the pages on behaviour: a bar, a cell, an event of a path, each written as text, and who is behind it.

A mark with the question of its page says who is meant, whoever asks and whenever: it is what a cohort is saved as.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from core.errors import InvalidError
from notebooks import AskedPage
from services.behaviour import choices
from services.behaviour.attribution import answer_attribution, entities_of, parse_attribution
from services.behaviour.experiments import answer_experiment, entities_with, parse_experiment
from services.behaviour.funnel import FunnelAnswer, answer_funnel, entities_at, entities_begun, entities_moved
from services.behaviour.lifecycle import answer_lifecycle, entities_of_mark
from services.behaviour.lifecycle_questions import parse_lifecycle
from services.behaviour.paths import PathAnswer, answer_paths, entities_between, entities_on, parse_paths
from services.behaviour.questions import parse_funnel, parse_retention
from services.behaviour.retention import RetentionAnswer, answer_retention, entities_in, entities_of_row
from services.platform import Platform
from tenants.access import Principal
from tenants.tenant import Tenant

_ROW = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The entities behind a mark: the event model and the entity they are of, and their keys."""

    model: str
    entity: str
    keys: tuple[object, ...]


def find_marked(
    platform: Platform, principal: Principal, page: AskedPage, params: Mapping[str, Sequence[str]], mark: str
) -> Marked:
    """Who is behind a mark of the page that has these choices in its address, as the principal may see it.

    Raises UserError where the question has no answer.
    """
    match page:
        case AskedPage.FUNNELS:
            funnel = answer_funnel(platform, principal, parse_funnel(params))
            return _marked(
                funnel.question.model, funnel.question.entity, entities_of_bar(funnel, principal.tenant, mark)
            )
        case AskedPage.RETENTION:
            table = answer_retention(platform, principal, parse_retention(params))
            return _marked(table.question.model, table.question.entity, entities_of_cell(table, mark))
        case AskedPage.LIFECYCLE:
            found = answer_lifecycle(platform, principal, parse_lifecycle(params))
            return _marked(found.question.model, found.question.entity, entities_of_mark(found, mark))
        case AskedPage.PATHS:
            paths = answer_paths(platform, principal, parse_paths(params))
            return _marked(paths.question.model, paths.question.entity, entities_of_step(paths, mark))
        case AskedPage.ATTRIBUTION:
            credit = answer_attribution(platform, principal, parse_attribution(params))
            return _marked(credit.question.conversions, credit.question.entity, entities_of(credit, mark))
        case AskedPage.EXPERIMENTS:
            trial = answer_experiment(platform, principal, parse_experiment(params))
            keys = entities_with(trial, mark) if mark in trial.assignment.labels else []
            return _marked(trial.question.model, trial.question.entity, keys)
        case AskedPage.FORECAST:
            raise InvalidError("Nobody stands behind the values of a forecast; choose a page about events.")


def entities_of_bar(answer: FunnelAnswer, tenant: Tenant, mark: str) -> list[object]:
    """The keys behind a mark of a funnel.

    `at:2` got to the third step and `left:2` no further; `at:2:EMEA` those of a value of the split. `trend:2026-03-01`
    began in that period and converted, `trend:2026-03-01:left` did not. `move:1:3` came from the second step right to
    the fourth.
    """
    kind, *rest = mark.split(":", 2)
    numbers = [int(one) for one in rest if one.isdigit() and int(one) < len(answer.spec.steps)]
    match kind, rest, numbers:
        case "at" | "left", [_], [step]:
            return entities_at(answer, step, has_left=kind == "left")
        case "at" | "left", [number, segment], [step, *_] if number == str(step) and answer.question.by:
            return entities_at(answer, step, has_left=kind == "left", segment=segment)
        case "trend", [begins, *left], _ if begins.count("-") == 2:
            return entities_begun(answer, choices.require_day(begins), tenant, has_left=left == ["left"])
        case "move", [_, _], [source, target]:
            return entities_moved(answer, answer.question.steps[source], answer.question.steps[target])
        case _:
            raise InvalidError(f"This funnel has no mark {mark!r}.")


def entities_of_cell(answer: RetentionAnswer, mark: str) -> list[object]:
    """The keys behind a mark of a retention table.

    `2026-03-01:4` are those of a cohort that are back in period 4, `=EMEA:4` those of a value of the split, and with
    `:left` at the end those that are not. Nobody for a cohort or value that there is not (any more).
    """
    is_left = mark.endswith(":left")
    name, _, place = mark.removesuffix(":left").rpartition(":")
    if not place.isdigit() or int(place) >= answer.spec.columns:
        raise InvalidError(f"This retention table has no mark {mark!r}.")
    if name.startswith(_ROW):
        labels = [] if answer.split is None else [row.label for row in answer.split.rows]
        label = name.removeprefix(_ROW)
        return entities_of_row(answer, labels.index(label), int(place), has_left=is_left) if label in labels else []
    cohort = next((one for one in answer.result.cohorts if one.begins.isoformat() == name), None)
    return [] if cohort is None else entities_in(answer, cohort, int(place), has_left=is_left)


def entities_of_step(answer: PathAnswer, mark: str) -> list[object]:
    """The keys behind a mark of paths.

    `2:cart` come to that event at that step, `next:look>cart` from one right to the other, quoted as in an address.
    """
    step, _, name = mark.partition(":")
    source, sign, target = name.partition(">")
    if step == "next" and sign:
        return entities_between(answer, unquote(source), unquote(target))
    if not step.isdigit():
        raise InvalidError(f"These paths have no mark {mark!r}.")
    return entities_on(answer, int(step), name)


def mark_of_pair(source: str, target: str) -> str:
    """The mark of an event that comes right after another."""
    return f"next:{quote(source)}>{quote(target)}"


def _marked(model: str, entity: str, keys: list[object]) -> Marked:
    return Marked(model=model, entity=entity, keys=tuple(keys))
