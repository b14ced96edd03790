"""What will be booked, from the reader's own deals: the forecast, its record, and who puts deals off."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidError, RefusedError
from forecasting.deals import (
    NO_DAY,
    DealForecast,
    DealHistory,
    Record,
    Slipping,
    WhatIf,
    calibrate,
    find_slipping,
    forecast_deals,
    replay,
)
from forecasting.series import Integers
from metrics import Catalog, Dimension, Model
from metrics.deal_rows import compile_changes
from services.definitions import require_catalog
from services.permitted import permitted
from services.pipeline import pipeline_model
from services.platform import Platform
from services.reading import read_rows
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

# What a deal is tells its chances where it has few members; the name of a customer does not.
_MOST_MEMBERS = 12
_MOST_TRAITS = 6
_LEAST_FACTOR, _MOST_FACTOR = 0.25, 4.0
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealAnswer:
    """The forecast as of a day, with and without what the reader tries.

    `record` has a trial for every earlier quarter, made at the same time of the quarter; `traits` are the labels of
    what tells deals apart. Single deals are given to who may read data.
    """

    day: dt.date
    forecast: DealForecast
    tried: DealForecast | None
    record: Record
    slipping: tuple[Slipping, ...]
    traits: Mapping[str, str]
    deals: int
    version: int


@permitted(Permission.METRIC_QUERY)
def forecast_bookings(
    platform: Platform, principal: Principal, *, day: dt.date | None = None, what_if: WhatIf | None = None
) -> DealAnswer:
    """The forecast of the reader's deals as of the end of a day, today where none is named. Raises UserError."""
    catalog = require_catalog(platform, principal.tenant)
    model = _require_model(catalog)
    _check(what_if)
    today = principal.tenant.today(platform.clock)
    asked = day or today
    if asked > today:
        raise InvalidError(f"{asked} is still to come; choose a day up to {today}.")
    history, labels, version, digest = _read(platform, principal, catalog, model)
    place, fiscal = (asked - _EPOCH).days, principal.tenant.fiscal_start_month
    kept = platform.foresight

    def compute() -> tuple[DealForecast, Record, tuple[Slipping, ...]]:
        found = forecast_deals(history, place, fiscal_start_month=fiscal)
        left = max(1, round((found.quarters[0].quarter.last - place) / 7))
        record = replay(history.until(place), place, (min(left, 13),), fiscal_start_month=fiscal)
        return _calibrated(found, record), record, find_slipping(history, place, fiscal)

    parts = (digest, str(place), str(fiscal))
    found, record, slipping = kept.find(principal.tenant.id, "deals", parts, compute)
    tried = None
    if what_if is not None and what_if != WhatIf():
        tried = kept.find(
            principal.tenant.id,
            "what if",
            (*parts, repr(what_if)),
            lambda: _calibrated(forecast_deals(history, place, fiscal_start_month=fiscal, what_if=what_if), record),
        )
    # A single deal is a row of data, which not everybody who may ask for a metric may read.
    may_read = principal.can(Permission.DATA_READ)
    return DealAnswer(
        day=asked,
        forecast=found if may_read else replace(found, deals=()),
        tried=tried if may_read or tried is None else replace(tried, deals=()),
        record=record,
        slipping=slipping,
        traits=labels,
        deals=len(history.deals),
        version=version,
    )


@permitted(Permission.METRIC_QUERY)
def replay_bookings(
    platform: Platform, principal: Principal, *, tell: Callable[[dt.date], None] = lambda _: None
) -> Record:
    """The forecast of every quarter that is over, made anew in each of its weeks. Takes a second for each of them."""
    catalog = require_catalog(platform, principal.tenant)
    history, _, _, _ = _read(platform, principal, catalog, _require_model(catalog))
    place = (principal.tenant.today(platform.clock) - _EPOCH).days
    return replay(
        history,
        place,
        fiscal_start_month=principal.tenant.fiscal_start_month,
        tell=lambda quarter: tell(_EPOCH + dt.timedelta(days=quarter.last)),
    )


def _require_model(catalog: Catalog) -> Model:
    model = pipeline_model(catalog)
    if model is None:
        raise RefusedError("No model has a `pipeline`: the columns of a history of deals (docs/metrics.md).")
    return model


def _check(what_if: WhatIf | None) -> None:
    for name in ("win", "new", "slip"):
        value = 1.0 if what_if is None else getattr(what_if, name)
        if not _LEAST_FACTOR <= value <= _MOST_FACTOR:
            allowed = f"a factor from {_LEAST_FACTOR:g} to {_MOST_FACTOR:g} can be tried"
            raise InvalidError(f"`{name}` is {value:g}; {allowed}.")


def _calibrated(found: DealForecast, record: Record) -> DealForecast:
    quarters = []
    for quarter in found.quarters:
        left = max(1, round((quarter.quarter.last - found.day) / 7))
        quarters.append(calibrate(quarter, record.trials, min(left, 13)))
    return replace(found, quarters=tuple(quarters))


def _read(
    platform: Platform, principal: Principal, catalog: Catalog, model: Model
) -> tuple[DealHistory, dict[str, str], int, str]:
    """The history as the reader may see it, the labels of its traits, the data's version, and what tells it apart."""
    dimensions = _candidates(catalog, model)
    context = compile_context(platform, principal)
    compiled = compile_changes(catalog, model, [one.name for one in dimensions], context)
    table, watermark, _ = read_rows(
        platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject="deal forecast"
    )
    known = table.filter(pc.is_valid(table.column("stage")))
    if not known.num_rows:
        raise RefusedError("There are no deals to forecast from, or none that you may see.")
    # The rows of one version of the data under one policy are always the same; their hash also tells policies apart.
    labels = {one.name: one.label for one in dimensions}
    return _history(known, model, dimensions), labels, watermark.version, _hash(known)


def _hash(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _candidates(catalog: Catalog, model: Model) -> list[Dimension]:
    """The dimensions of the history's own rows that say what a deal is; what a change is says nothing about that."""
    own = [one for one in catalog.reaches[model.name].all() if not one.path and not one.is_time]
    return [one for one in own if not _is_change(model, one)][:_MOST_TRAITS]


def _is_change(model: Model, dimension: Dimension) -> bool:
    """Whether a dimension is made of the columns that change, or of the kind of change."""
    pipeline = model.pipeline
    text = str(dimension.definition.scalar.on("x")).casefold()
    changing = () if pipeline is None else (pipeline.stage, pipeline.close, pipeline.amount)
    return any(column.casefold() in text for column in (*changing, "kind"))


def _history(table: pa.Table, model: Model, dimensions: Sequence[Dimension]) -> DealHistory:
    entity = table.column("entity").combine_chunks().dictionary_encode()
    deal, _ = _codes(entity)
    stage, stages = _codes(table.column("stage").cast(pa.string()).combine_chunks().dictionary_encode())
    owner, owners = _codes(_texts(table.column("owner")).dictionary_encode())
    traits = {}
    for place, dimension in enumerate(dimensions):
        codes, members = _codes(_texts(table.column(f"trait_{place}")).dictionary_encode())
        if 1 < len(members) <= _MOST_MEMBERS:
            traits[dimension.name] = codes
    pipeline = model.pipeline
    won, lost = ((), ()) if pipeline is None else (pipeline.won, pipeline.lost)
    amount = pc.fill_null(table.column("amount").cast(pa.float64()), 0.0)
    return DealHistory(
        deal=deal,
        day=_days(table.column("day")),
        amount=np.asarray(amount.to_numpy(), np.float64),
        close=_days(table.column("close")),
        stage=stage,
        owner=owner,
        traits=traits,
        stages=tuple(map(str, stages)),
        owners=tuple(map(str, owners)),
        won=frozenset(place for place, name in enumerate(stages) if name in won),
        lost=frozenset(place for place, name in enumerate(stages) if name in lost),
        deals=tuple(entity.dictionary.to_pylist()),
    )


def _codes(encoded: pa.DictionaryArray) -> tuple[Integers, list[object]]:
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(column.cast(pa.string()), "Not set").combine_chunks()


def _days(column: pa.ChunkedArray) -> Integers:
    days = column.cast(pa.date32()).cast(pa.int32())
    return np.asarray(pc.fill_null(days.cast(pa.int64()), NO_DAY).to_numpy(), np.int64)
