"""Tells a member by mail that how they sign in has changed, so that a change which was not theirs does not pass unseen.

The mail is queued in the transaction of the change and sent beside the pages, so that a mail server that hangs or is
down holds nobody up. What it does not take now is tried again for almost two days; how it ended is on record.
"""

import datetime as dt
import logging
import zoneinfo
from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import UserError
from core.ids import new_id
from core.origin import current_origin
from services.platform import Platform
from tenants.access import Principal
from tenants.audit import AuditAction, record_event
from tenants.changes import count_changed
from tenants.directory import tenant_of
from tenants.notice_schema import NoticeRow

log = logging.getLogger("plumbline.notices")
# How long to wait after each try that the mail server put off; after the last the mail is given up.
_WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
# A process that was killed over a mail leaves it to be sent after this time, under the same Message-ID.
_LEASE = dt.timedelta(minutes=10)


def tell_of_change(platform: Platform, session: Session, principal: Principal, email: str, *, what: str) -> None:
    """Queue a mail to an address on what the principal changes in this transaction: `what` ends "On Plumbline, "."""
    if not platform.settings.smtp_host:
        return
    tenant, origin, now = principal.tenant, current_origin(), platform.clock()
    at = now.astimezone(zoneinfo.ZoneInfo(tenant.zone))
    by = "" if principal.email == email else f" by {principal.email}"
    where = f" from {origin.address}" if origin.address else ""
    text = (
        f"On Plumbline, {what}{by}.\n\nOrganisation: {tenant.name}\n"
        f"When: {at:%Y-%m-%d %H:%M} ({tenant.zone}){where}\n\n"
        "If you know of this, there is nothing to do. If not, tell your administrator at once, change your "
        f"password, and sign out all other browsers: {platform.settings.address}/account\n"
    )
    row = NoticeRow(id=new_id(), tenant_id=tenant.id, recipient=email, what=what, text=text, due_at=now, tries=0)
    session.add(row)


def send_due_notices(platform: Platform, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Send the mails that are due, the oldest first; each is tried by one process at a time."""
    with platform.session() as session:
        statement = select(NoticeRow.id, NoticeRow.due_at).where(NoticeRow.due_at <= platform.clock())
        due = [(one.id, one.due_at) for one in session.execute(statement.order_by(NoticeRow.due_at))]
    for notice_id, due_at in due:
        if is_stopping():
            return
        try:
            _send(platform, notice_id, due_at)
        except Exception:
            # It is due again when its lease ends; the others go on.
            log.exception("a mail about a changed sign-in was not sent")


def _send(platform: Platform, notice_id: str, due_at: dt.datetime) -> None:
    from services.deliveries.channels import Ending, Outcome
    from services.letter import send_letter

    mine = (NoticeRow.id == notice_id, NoticeRow.due_at == due_at)
    with platform.session() as session:
        leased = update(NoticeRow).where(*mine).values(due_at=platform.clock() + _LEASE, tries=NoticeRow.tries + 1)
        if count_changed(session, leased) != 1:
            return
        notice = session.get_one(NoticeRow, notice_id)
        tenant = tenant_of(session, notice.tenant_id)
        session.expunge(notice)
    try:
        outcome = send_letter(
            platform,
            tenant,
            notice.recipient,
            subject="How you sign in was changed",
            text=notice.text,
            message_id=notice_id,
        )
    except UserError as error:
        outcome = Outcome(ending=Ending.LATER, said=error.message)
    with platform.session() as session:
        if outcome.ending is Ending.LATER and notice.tries <= len(_WAITS):
            later = platform.clock() + _WAITS[notice.tries - 1]
            session.execute(update(NoticeRow).where(NoticeRow.id == notice_id).values(due_at=later))
            return
        session.execute(delete(NoticeRow).where(NoticeRow.id == notice_id))
        data = {"what": notice.what, "is_sent": outcome.is_sent, "said": outcome.said, "tries": notice.tries}
        record_event(session, AuditAction.MEMBER_TOLD, subject=notice.recipient, tenant_id=tenant.id, data=data)
