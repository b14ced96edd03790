"""What a schedule and a delivery are, as the rest of the product sees them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from core.errors import InvalidError
from core.names import suggestion
from services.deliveries.rest import Rest

Choice = TypeVar("Choice", bound=StrEnum)


class CatchUp(StrEnum):
    """What becomes of times that passed while nothing ran: the last one, each of them, or none is delivered."""

    LATEST = "latest"
    ALL = "all"
    NONE = "none"


class OnProblem(StrEnum):
    """What a cell that fails does to a report: it goes out and says why in the cell's place, or it is held back."""

    SEND = "send"
    HOLD = "hold"


class RunKind(StrEnum):
    """Why there is a run."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    TEST = "test"
    RESEND = "resend"
    ALERT = "alert"
    ESCALATION = "escalation"


class DeliveryState(StrEnum):
    """Where a delivery stands; `bounced` was sent and came back.

    `sending` found after its process ended is sent again under the same message id.
    """

    WAITING = "waiting"
    RENDERED = "rendered"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    BOUNCED = "bounced"


def parse_choice(kind: type[Choice], text: str) -> Choice:
    """One of a few words. Raises InvalidError with the nearest."""
    if text not in list(kind):
        raise InvalidError(f"{text!r} is none of {', '.join(kind)}. {suggestion(text, list(kind))}")
    return kind(text)


# What a recipient begins with that is more than one member's address, or nobody's here.
ROLE, TEAM, OUTSIDE = "role:", "team:", "outside:"
# The runs that tell what an alert found.
NOTICES = frozenset({RunKind.ALERT, RunKind.ESCALATION})
FINAL = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.BOUNCED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a person decides of a schedule.

    A recipient is a member's address, `role:NAME` or `team:NAME` for everybody of that role or in that team and those
    below it at the time, or `outside:ADDRESS` for somebody without an account, who sees what guests see. `channel`
    holds the channel's `kind` and its own settings.
    """

    name: str
    notebook: str
    cron: str
    recipients: tuple[str, ...]
    formats: tuple[str, ...] = ("pdf",)
    zone: str = ""
    condition: str = ""
    on_problem: OnProblem = OnProblem.SEND
    catch_up: CatchUp = CatchUp.LATEST
    channel: Mapping[str, object] = field(default_factory=lambda: {"kind": "mail"})
    is_active: bool = True
    rest: Rest = field(default_factory=Rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A plan that is kept, and the first time at which it is due again."""

    id: str
    tenant_id: str
    plan: Plan
    next_at: dt.datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredFile:
    """A file that was delivered; its bytes are found by their hash."""

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one recipient got of one period, or did not get, and the proof of it."""

    id: str
    schedule: str
    kind: RunKind
    notebook: str
    period: str
    recipient: str
    state: DeliveryState
    reason: str
    attempts: int
    policies: tuple[str, ...]
    policy_sentence: str
    row_counts: Mapping[str, object]
    document_version: int | None
    watermark: int | None
    loaded_at: dt.datetime | None
    files: tuple[DeliveredFile, ...]
    message_id: str
    receipt: str
    sent_at: dt.datetime | None
    created_at: dt.datetime
