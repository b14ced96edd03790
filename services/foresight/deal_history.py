"""The history of the reader's own deals, read under their policy."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import RefusedError
from forecasting.deals import NO_DAY, DealHistory
from forecasting.series import Integers
from metrics import Catalog, Dimension, Model
from metrics.deal_rows import compile_changes
from services.definitions import require_catalog
from services.pipeline import pipeline_model
from services.platform import Platform
from services.reading import read_rows
from services.tenant_calendar import compile_context
from tenants.access import Principal

# What a deal is tells its chances where it has few members; the name of a customer does not.
_MOST_MEMBERS = 12
_MOST_TRAITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRead:
    """The history as the reader may see it, the labels of its traits, the data's version, and a hash of the rows,
    which tells policies apart too."""

    history: DealHistory
    labels: dict[str, str]
    version: int
    digest: str


def read_deals(platform: Platform, principal: Principal, *, subject: str) -> DealRead:
    """The history of the reader's deals; the audit log says that it was read for `subject`. Raises RefusedError."""
    catalog = require_catalog(platform, principal)
    model = _require_model(catalog)
    dimensions = _candidates(catalog, model)
    context = compile_context(platform, principal)
    compiled = compile_changes(catalog, model, [one.name for one in dimensions], context)
    table, watermark, _ = read_rows(
        platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject=subject
    )
    known = table.filter(pc.is_valid(table.column("stage")))
    if not known.num_rows:
        raise RefusedError("There are no deals to forecast from, or none that you may see.")
    return DealRead(
        history=_history(known, model, dimensions),
        labels={one.name: one.label for one in dimensions},
        version=watermark.version,
        digest=_hash(known),
    )


def _require_model(catalog: Catalog) -> Model:
    model = pipeline_model(catalog)
    if model is None:
        raise RefusedError("No model has a `pipeline`: the columns of a history of deals (docs/metrics.md).")
    return model


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
    traits, named = {}, {}
    for place, dimension in enumerate(dimensions):
        codes, members = _codes(_texts(table.column(f"trait_{place}")).dictionary_encode())
        if 1 < len(members) <= _MOST_MEMBERS:
            traits[dimension.name] = codes
            named[dimension.name] = tuple(map(str, members))
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
        members=named,
    )


def _codes(encoded: pa.DictionaryArray) -> tuple[Integers, list[object]]:
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _texts(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(column.cast(pa.string()), "Not set").combine_chunks()


def _days(column: pa.ChunkedArray) -> Integers:
    days = column.cast(pa.date32()).cast(pa.int32())
    return np.asarray(pc.fill_null(days.cast(pa.int64()), NO_DAY).to_numpy(), np.int64)
