"""Links to delivered files for who cannot be handed the file itself: signed by the installation, for some days."""

import datetime as dt
import hmac
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import ForbiddenError
from services.deliveries.archive import open_file
from services.platform import Platform
from tenants import directory
from tenants.audit import AuditAction, record_event
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedFile:
    """The very bytes of a delivered file."""

    name: str
    media_type: str
    content: bytes


def link_address(platform: Platform, delivery_id: str, name: str) -> str:
    """An address that opens one file of a delivery; nobody else can make it."""
    until = int((platform.clock() + dt.timedelta(days=platform.settings.delivery_link_days)).timestamp())
    mark = _mark(platform, delivery_id, name, until)
    return f"{platform.settings.address}/delivered/{delivery_id}/{until}.{mark}/{quote(name)}"


def open_link(platform: Platform, delivery_id: str, token: str, name: str) -> LinkedFile:
    """The file of a link, on record that it was opened. Raises ForbiddenError for one that is over or not ours."""
    until, _, mark = token.partition(".")
    is_ours = until.isdigit() and hmac.compare_digest(
        mark.encode(), _mark(platform, delivery_id, name, int(until)).encode()
    )
    if not is_ours or int(until) < platform.clock().timestamp():
        raise ForbiddenError("This link cannot be opened any more. Sign in and look for the file under Deliveries.")
    with platform.session() as session:
        row = session.get(DeliveryRow, delivery_id)
        file = next((file for file in row.files if file["name"] == name), None) if row is not None else None
        if row is None or file is None:
            raise ForbiddenError("This file is not kept any more.")
        tenant = directory.tenant_of(session, row.tenant_id)
        content = open_file(platform, session, tenant, str(file["sha256"]))
        schedule = session.get_one(DeliveryRunRow, row.run_id).schedule_name
        data = {"schedule": schedule, "period": row.period, "file": name, "sha256": file["sha256"], "by": "link"}
        record_event(session, AuditAction.DELIVERY_OPENED, subject=row.recipient, tenant_id=tenant.id, data=data)
    return LinkedFile(name=name, media_type=str(file["media_type"]), content=content)


def _mark(platform: Platform, delivery_id: str, name: str, until: int) -> str:
    return platform.keys.sign(f"delivered/{delivery_id}/{name}/{until}".encode())[:40]
