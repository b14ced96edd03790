"""What of a tenant decides an answer besides its data: its zone, its week, its day."""

import datetime as dt
from dataclasses import replace

from metrics import CompileContext
from services.platform import Platform
from tenants.access import Principal


def compile_context(platform: Platform, principal: Principal, *, as_of: dt.datetime | None = None) -> CompileContext:
    """The calendar of the principal's tenant; with `as_of` the day of that moment is today."""
    tenant = principal.tenant
    context = CompileContext(
        zone=tenant.zone,
        week_start=tenant.week_start,
        fiscal_start_month=tenant.fiscal_start_month,
        today=tenant.today(platform.clock),
    )
    return context if as_of is None else replace(context, today=as_of.astimezone(context.zone_info()).date())
