"""What an alert and what it found are, as the rest of the product sees them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.period import PeriodKind
from services.alerts.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPlan:
    """What a person decides of an alert.

    Watched is `metric` over `period` to date with the filter text `where`, or the tile `cell` of `notebook`, which
    brings these along; with `dimension`, each of its members. Recipients are written as those of schedules; the owner
    alone where there are none. `cron` is when to look beside after each sync, `digest` when to tell, at once without;
    `quiet` are hours of the tenant's zone in which nothing is told, like `20:00-07:00`.
    """

    name: str
    rule: str
    metric: str = ""
    notebook: str = ""
    cell: str = ""
    period: PeriodKind = PeriodKind.QUARTER
    dimension: str = ""
    where: str = ""
    recipients: tuple[str, ...] = ()
    channel: Mapping[str, object] = field(default_factory=lambda: {"kind": "mail"})
    cron: str = ""
    is_after_sync: bool = True
    digest: str = ""
    quiet: str = ""
    escalate_to: tuple[str, ...] = ()
    escalate_after_h: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """From when to when the rule held for the whole (`member` is empty) or for one member, in the owner's eyes."""

    id: str
    member: str
    began_at: dt.datetime
    ended_at: dt.datetime | None
    said: str
    is_told: bool
    acknowledged_at: dt.datetime | None
    acknowledged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A plan that is kept, whose it is, and how it stands. `open` are the firings that have not ended."""

    id: str
    tenant_id: str
    owner: str
    plan: AlertPlan
    rule: Rule
    is_active: bool
    due_at: dt.datetime | None
    digest_at: dt.datetime | None
    snoozed_until: dt.datetime | None
    checked_at: dt.datetime | None
    problem: str
    open: tuple[Firing, ...] = ()

    def is_snoozed(self, now: dt.datetime) -> bool:
        """Whether nothing is told at the moment."""
        return self.snoozed_until is not None and now < self.snoozed_until
