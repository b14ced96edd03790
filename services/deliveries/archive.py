"""The very bytes that were delivered, by their hash, encrypted under the tenant's key until their time is over."""

import datetime as dt
import hashlib

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from core.secrets import KeyFault, Secret, new_key, unwrap, wrap
from services.platform import Platform
from tenants import directory
from tenants.changes import insert_into
from tenants.delivery_schema import DeliveredFileRow, DeliveryRunRow
from tenants.tenant import Tenant

_KEY = "delivered files"


def keep_file(platform: Platform, session: Session, tenant: Tenant, content: bytes) -> str:
    """Keep a file; returns its SHA-256. The same bytes are kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    row = {
        "tenant_id": tenant.id,
        "sha256": sha256,
        "sealed": wrap(_require_key(platform, session, tenant), Secret(content), context=f"{tenant.id}/{sha256}"),
        "size": len(content),
        "created_at": platform.clock(),
    }
    # Bytes that were kept before are kept anew, so that their time begins again.
    insert = insert_into(session, DeliveredFileRow).values(row)
    kept = {"sealed": insert.excluded.sealed, "created_at": insert.excluded.created_at}
    session.execute(insert.on_conflict_do_update(index_elements=["tenant_id", "sha256"], set_=kept))
    return sha256


def open_file(platform: Platform, session: Session, tenant: Tenant, sha256: str) -> bytes:
    """The bytes of a kept file. Raises ForbiddenError where they are not kept or cannot be opened any more."""
    row = session.get(DeliveredFileRow, (tenant.id, sha256))
    if row is None:
        days = platform.settings.deliveries_keep_days
        raise ForbiddenError(f"This file is not kept any more; delivered files are kept for {days} days.")
    try:
        content = unwrap(_require_key(platform, session, tenant), row.sealed, context=f"{tenant.id}/{sha256}").reveal()
    except KeyFault as error:
        raise ForbiddenError(
            "This file cannot be opened any more: the organisation was put back to a time before it was delivered."
        ) from error
    return content


def _require_key(platform: Platform, session: Session, tenant: Tenant) -> Secret:
    """The key of the tenant's delivered files: a secret of its own, which a change of the tenant's key leaves alone."""
    found = platform.find_secret(session, tenant, _KEY)
    if found is None:
        directory.lock_key(session, tenant.id)
        found = platform.find_secret(session, tenant, _KEY)
    if found is None:
        found = new_key().reveal().hex()
        platform.keep_secret(session, tenant, _KEY, found)
    return Secret(bytes.fromhex(found))


def remove_old(platform: Platform) -> None:
    """Remove runs and files whose time is over."""
    before = platform.clock() - dt.timedelta(days=platform.settings.deliveries_keep_days)
    with platform.session() as session:
        session.execute(delete(DeliveryRunRow).where(DeliveryRunRow.created_at < before, ~DeliveryRunRow.is_open))
        session.execute(delete(DeliveredFileRow).where(DeliveredFileRow.created_at < before))
