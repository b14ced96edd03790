"""What an organisation says of itself: name, zone, currency, calendar, colour and logo; changed on record."""

import io
from dataclasses import asdict, dataclass

from sqlalchemy import select

from core.errors import InvalidError, LimitError
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.directory import check_tenant
from tenants.schema import TenantRow
from tenants.tenant import Tenant

MOST_LOGO_BYTES = 512 * 1024
# Of the picture that is kept: twice what any page shows, for fine screens.
_KEPT_PX = (480, 112)
_LEAST_PX = 16
_MOST_PX = 4_000
_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """What administrators decide of their organisation. `week_start` is 0 for Monday, the month 1 for January."""

    name: str
    zone: str
    currency: str
    fiscal_start_month: int
    week_start: int
    accent: str


def settings_of(tenant: Tenant) -> TenantSettings:
    """The settings in force."""
    return TenantSettings(
        name=tenant.name,
        zone=tenant.zone,
        currency=tenant.currency,
        fiscal_start_month=tenant.fiscal_start_month,
        week_start=tenant.week_start,
        accent=tenant.accent,
    )


@permitted(Permission.TENANT_MANAGE)
def find_region(platform: Platform, principal: Principal) -> str:
    """The region in which the data of the principal's tenant stays; empty for the installation's only one."""
    with platform.session() as session:
        return session.get_one(TenantRow, principal.tenant.id).region


@permitted(Permission.TENANT_MANAGE)
def change_settings(platform: Platform, principal: Principal, wanted: TenantSettings) -> bool:
    """Put settings in force, from the next question on everywhere; whether anything changed. Raises InvalidError."""
    check_tenant(name=wanted.name, zone=wanted.zone, currency=wanted.currency, accent=wanted.accent)
    if not 1 <= wanted.fiscal_start_month <= 12:
        raise InvalidError(f"{wanted.fiscal_start_month} is not a month; use 1 for January to 12 for December.")
    if not 0 <= wanted.week_start <= 6:
        raise InvalidError(f"{wanted.week_start} is not a day of the week; use 0 for Monday to 6 for Sunday.")
    with platform.session() as session:
        row = session.get_one(TenantRow, principal.tenant.id)
        before = {name: getattr(row, name) for name in asdict(wanted)}
        after = {**asdict(wanted), "name": wanted.name.strip(), "accent": wanted.accent.lower()}
        changed = {name for name, value in after.items() if before[name] != value}
        if not changed:
            return False
        for name in changed:
            setattr(row, name, after[name])
        record_event(
            session,
            AuditAction.TENANT_CHANGED,
            subject=principal.tenant.slug,
            principal=principal,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
    return True


@permitted(Permission.TENANT_MANAGE)
def change_logo(platform: Platform, principal: Principal, content: bytes | None) -> None:
    """Put a picture in place of the drawn mark, or None to have that again. Raises InvalidError, LimitError."""
    picture = None if content is None else _checked(content)
    with platform.session() as session:
        row = session.get_one(TenantRow, principal.tenant.id)
        before, row.logo = row.logo, picture
        record_event(
            session,
            AuditAction.TENANT_CHANGED,
            subject=principal.tenant.slug,
            principal=principal,
            before={"logo_bytes": None if before is None else len(before)},
            after={"logo_bytes": None if picture is None else len(picture)},
        )


def find_logo(platform: Platform, tenant: Tenant) -> bytes | None:
    """The tenant's logo as PNG; None where it has given none. Every member sees it."""
    with platform.session() as session:
        return session.scalar(select(TenantRow.logo).where(TenantRow.id == tenant.id))


def _checked(content: bytes) -> bytes:
    """The picture drawn anew as PNG: what else its file may hold is not kept."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > MOST_LOGO_BYTES:
        raise LimitError(f"The logo has {len(content):,} bytes; at most {MOST_LOGO_BYTES:,} are taken.")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            width, height = opened.size
            if not (_LEAST_PX <= width <= _MOST_PX and _LEAST_PX <= height <= _MOST_PX):
                raise InvalidError(
                    f"The logo has {width} x {height} pixels; each side may have {_LEAST_PX} to {_MOST_PX:,}."
                )
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InvalidError(f"This is no picture that can be shown. Give a file of {', '.join(_FORMATS)}.") from error
    picture.thumbnail(_KEPT_PX)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
