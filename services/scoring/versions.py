"""Which version of a score is used. A version is the day it was learned as of: the newest Monday, unless one is held.

What was known on a day does not change, so a version is made anew from the history whenever it is needed.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import yaml
from sqlalchemy.exc import IntegrityError

from core.errors import ConflictError, InvalidError
from services.permitted import permitted
from services.platform import Platform
from services.scoring.kind import score_kinds
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, add_version, document_versions, find_document

_NAME = "scores"
_OFFERED_WEEKS = 8
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreVersion:
    """The day a score is learned as of. `is_held` says that newer ones are not taken up until it is let go."""

    day: dt.date
    is_used: bool
    is_held: bool


def versions_of(platform: Platform, principal: Principal, name: str) -> tuple[ScoreVersion, ...]:
    """The newest versions of a score, newest first, and the one that is held."""
    held = _held(platform, principal).get(name)
    offered = _offered(platform, principal)
    used = held or offered[0]
    days = sorted({*offered, used}, reverse=True)
    return tuple(ScoreVersion(day=day, is_used=day == used, is_held=day == held) for day in days)


@permitted(Permission.DEFINITION_APPLY)
def use_version(platform: Platform, principal: Principal, name: str, *, day: dt.date | None) -> None:
    """Hold a score at the version of a day, or let it follow the newest again. Raises InvalidError, ConflictError."""
    if name not in score_kinds():
        raise InvalidError(f"There is no score {name!r}; there are {', '.join(score_kinds())}.")
    offered = _offered(platform, principal)
    if day is not None and day not in offered:
        shown = ", ".join(one.isoformat() for one in offered)
        raise InvalidError(f"There is no version of {day}. A score is learned anew each Monday; there are {shown}.")
    held = {one: kept for one, kept in _held(platform, principal).items() if one != name}
    if day is not None:
        held[name] = day
    text = yaml.safe_dump({one: kept.isoformat() for one, kept in held.items()})
    data = {"version": "newest" if day is None else day.isoformat()}
    try:
        with platform.session() as session:
            versions = dict(document_versions(session, principal.tenant.id, DocumentKind.SCORES))
            add_version(session, principal, DocumentKind.SCORES, _NAME, text, versions.get(_NAME, 0) + 1)
            record_event(session, AuditAction.SCORE_VERSION_CHANGED, subject=name, principal=principal, data=data)
    except IntegrityError as error:
        raise ConflictError("Somebody else chose a version at the same moment. Try again.") from error


def _offered(platform: Platform, principal: Principal) -> list[dt.date]:
    today = principal.tenant.today(platform.clock)
    monday = today - dt.timedelta(days=today.weekday())
    return [monday - number * _WEEK for number in range(_OFFERED_WEEKS)]


def _held(platform: Platform, principal: Principal) -> Mapping[str, dt.date]:
    with platform.session() as session:
        document = find_document(session, principal.tenant.id, DocumentKind.SCORES, _NAME)
    if document is None:
        return {}
    return {str(name): dt.date.fromisoformat(day) for name, day in yaml.safe_load(document.text).items()}
