"""What of a tenant decides an answer besides its data: its zone, its week, its day, and the calendars it keeps."""

import datetime as dt
from dataclasses import replace
from weakref import WeakKeyDictionary

from metrics import Catalog, CompileContext
from metrics.calendar_rows import calendar_rows
from metrics.guard import DIALECT
from metrics.own_periods import NO_CALENDARS, OwnCalendars, read_periods
from services.definitions import find_whole_catalog
from services.platform import Platform
from tenants.access import Principal
from tenants.tenant import Tenant

# A catalogue is of one version of the data and of the definitions, and so are the calendars read for it.
_calendars: WeakKeyDictionary[Catalog, OwnCalendars] = WeakKeyDictionary()


def compile_context(
    platform: Platform, principal: Principal, *, as_of: dt.datetime | None = None, catalog: Catalog | None = None
) -> CompileContext:
    """The calendar of the principal's tenant; with `as_of` the day of that moment is today.

    `catalog` is the one in force, where it is at hand.
    """
    tenant = principal.tenant
    catalog = catalog or find_whole_catalog(platform, tenant)
    context = CompileContext(
        zone=tenant.zone,
        week_start=tenant.week_start,
        fiscal_start_month=tenant.fiscal_start_month,
        today=tenant.today(platform.clock),
        own=own_calendars(platform, tenant, catalog) if catalog is not None and catalog.grains else NO_CALENDARS,
    )
    return context if as_of is None else replace(context, today=as_of.astimezone(context.zone_info()).date())


def own_calendars(platform: Platform, tenant: Tenant, catalog: Catalog) -> OwnCalendars:
    """The periods of the calendars that the tenant keeps in tables, read once for each version of the data.

    They are the same for everybody, whatever rows a policy shows: a period is no less a period for who sees less of it.
    """
    known = _calendars.get(catalog)
    if known is not None:
        return known
    found = {}
    for grain, model in catalog.grains.items():
        if model.calendar is not None:
            statement = calendar_rows(model, model.calendar, model.calendar.grains[grain])
            table, _ = platform.store(tenant).query(statement.sql(dialect=DIALECT))
            days, periods = (column.to_pylist() for column in table.columns)
            found[grain] = read_periods(grain, model.name, zip(days, periods, strict=True))
    _calendars[catalog] = OwnCalendars(grains=found)
    return _calendars[catalog]
