"""What a tenant has decided about anomalies: its budget of false alerts, and what became of the alerts so far."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import IntegrityError

from core.errors import ConflictError, InvalidError
from forecasting.anomalies.watch import DEFAULT_BUDGET_A_MONTH
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, add_version, document_versions, find_document

_NAME = "anomalies"
_MOST_NOTE = 500
BUDGETS = (1.0, 2.0, 4.0, 10.0, 30.0)


class Verdict(StrEnum):
    """What an alert was."""

    EXPECTED = "expected"
    KNOWN_EVENT = "known event"
    REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict on the alert of a series (`key`) on a day, with a note, by whom."""

    day: dt.date
    key: str
    verdict: Verdict
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The budget a month, and every judgement, the newest of each alert."""

    budget: float = DEFAULT_BUDGET_A_MONTH
    judgements: tuple[Judgement, ...] = ()

    def expected(self) -> dict[str, int]:
        """How often an alert of each series was expected."""
        return dict(Counter(one.key for one in self.judgements if one.verdict is Verdict.EXPECTED))

    def of(self, day: dt.date, key: str) -> Judgement | None:
        """What was said of an alert."""
        return next((one for one in self.judgements if one.day == day and one.key == key), None)


class _JudgementText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    day: dt.date
    key: str
    verdict: Verdict
    note: str = ""
    by: str = ""


class _DecisionsText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    budget: float = DEFAULT_BUDGET_A_MONTH
    judgements: list[_JudgementText] = []


@permitted(Permission.METRIC_QUERY)
def find_decisions(platform: Platform, principal: Principal) -> Decisions:
    """What the tenant has decided."""
    with platform.session() as session:
        document = find_document(session, principal.tenant.id, DocumentKind.WATCH, _NAME)
    if document is None:
        return Decisions()
    found = _DecisionsText.model_validate(yaml.safe_load(document.text))
    return Decisions(budget=found.budget, judgements=tuple(Judgement(**one.model_dump()) for one in found.judgements))


@permitted(Permission.DEFINITION_APPLY)
def judge_alert(
    platform: Platform, principal: Principal, *, day: dt.date, key: str, verdict: str, note: str = ""
) -> Decisions:
    """Say what an alert was; an earlier verdict on it is replaced. Raises InvalidError, ConflictError."""
    if verdict not in list(Verdict):
        raise InvalidError(f"There is no verdict {verdict!r}; there are {', '.join(Verdict)}.")
    if len(note) > _MOST_NOTE:
        raise InvalidError(f"The note has {len(note)} characters; at most {_MOST_NOTE} are kept.")
    before = find_decisions(platform, principal)
    new = Judgement(day=day, key=key, verdict=Verdict(verdict), note=note, by=principal.email)
    others = tuple(one for one in before.judgements if (one.day, one.key) != (day, key))
    made = Decisions(budget=before.budget, judgements=(*others, new))
    _save(platform, principal, made, {"day": day.isoformat(), "series": key, "verdict": verdict})
    return made


@permitted(Permission.DEFINITION_APPLY)
def set_budget(platform: Platform, principal: Principal, *, budget: float) -> Decisions:
    """How many false alerts a month the tenant puts up with. Raises InvalidError, ConflictError."""
    if budget not in BUDGETS:
        raise InvalidError(f"A budget of {budget:g} is not offered; choose {', '.join(f'{one:g}' for one in BUDGETS)}.")
    made = Decisions(budget=budget, judgements=find_decisions(platform, principal).judgements)
    _save(platform, principal, made, {"budget": budget})
    return made


def _save(platform: Platform, principal: Principal, decisions: Decisions, data: dict[str, object]) -> None:
    rows = [
        {"day": one.day, "key": one.key, "verdict": one.verdict.value, "note": one.note, "by": one.by}
        for one in decisions.judgements
    ]
    text = yaml.safe_dump({"budget": decisions.budget, "judgements": rows}, sort_keys=False, allow_unicode=True)
    try:
        with platform.session() as session:
            versions = dict(document_versions(session, principal.tenant.id, DocumentKind.WATCH))
            add_version(session, principal, DocumentKind.WATCH, _NAME, text, versions.get(_NAME, 0) + 1)
            record_event(session, AuditAction.ANOMALY_JUDGED, subject=_NAME, principal=principal, data=data)
    except IntegrityError as error:
        raise ConflictError("Somebody else decided something at the same moment. Try again.") from error
