"""Tells a member by mail that how they sign in has changed, so that a change which was not theirs does not pass unseen.

It goes out once the change is in force, where the installation has a mail server; a mail that fails undoes nothing and
is on record.
"""

import zoneinfo

from core.errors import UserError
from core.origin import current_origin
from services.letter import send_letter
from services.platform import Platform
from tenants.access import Principal
from tenants.audit import AuditAction, record_event


def tell_of_change(platform: Platform, principal: Principal, email: str, *, what: str) -> None:
    """Tell whoever has an address what the principal has changed: `what` ends "On Plumbline, "."""
    if not platform.settings.smtp_host:
        return
    tenant, origin = principal.tenant, current_origin()
    at = platform.clock().astimezone(zoneinfo.ZoneInfo(tenant.zone))
    by = "" if principal.email == email else f" by {principal.email}"
    where = f" from {origin.address}" if origin.address else ""
    text = (
        f"On Plumbline, {what}{by}.\n\nOrganisation: {tenant.name}\n"
        f"When: {at:%Y-%m-%d %H:%M} ({tenant.zone}){where}\n\n"
        "If you know of this, there is nothing to do. If not, tell your administrator at once, change your "
        f"password, and sign out all other browsers: {platform.settings.address}/account\n"
    )
    try:
        outcome = send_letter(platform, tenant, email, subject="How you sign in was changed", text=text)
        data: dict[str, object] = {"is_sent": outcome.is_sent, "said": outcome.said}
    except UserError as error:
        data = {"is_sent": False, "said": error.message}
    with platform.session() as session:
        record_event(session, AuditAction.MEMBER_TOLD, subject=email, principal=principal, data={"what": what, **data})
