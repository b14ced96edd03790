"""The password that a schedule's PDF files open with: a secret of the tenant, never shown again."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.platform import Platform
from tenants.schema import SecretRow
from tenants.tenant import Tenant


def keep_password(platform: Platform, session: Session, tenant: Tenant, schedule_id: str, password: str) -> None:
    """Keep it, encrypted."""
    platform.keep_secret(session, tenant, _name(schedule_id), password)


def find_password(platform: Platform, tenant: Tenant, schedule_id: str) -> str:
    """The password of a schedule; empty where it has none."""
    with platform.session() as session:
        return platform.find_secret(session, tenant, _name(schedule_id)) or ""


def drop_password(session: Session, tenant: Tenant, schedule_id: str) -> None:
    """Forget it with its schedule."""
    session.execute(delete(SecretRow).where(SecretRow.tenant_id == tenant.id, SecretRow.name == _name(schedule_id)))


def _name(schedule_id: str) -> str:
    return f"schedule {schedule_id} password"
