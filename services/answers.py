"""Results and metrics as JSON, the same for the command line and the API."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from core.result import Result, Watermark
from metrics.spec import PERIOD
from services.definitions import find_catalog
from services.permitted import permitted
from services.platform import Platform
from services.quality.doubts import find_doubt
from tenants.access import Permission, Principal


def result_as_json(result: Result) -> dict[str, object]:
    """`{"columns": [{"name", "label", "type", "unit"}], "rows": [[...]], "watermark", "sql", "sentence"}`.

    Where one of the rows is of a period that is still running, `running` is its first day.
    """
    columns = [
        {"name": column.name, "label": column.label, "type": column.type.value, "unit": column.unit}
        for column in result.columns
    ]
    return {
        "columns": columns,
        "rows": [[json_value(value) for value in row] for row in result.rows()],
        "watermark": watermark_as_json(result.watermark),
        "sql": result.sql,
        "sentence": result.sentence,
    } | ({"running": result.running.isoformat()} if result.running and _has_running(result) else {})


def answer_as_json(
    platform: Platform, principal: Principal, result: Result, metrics: Sequence[str]
) -> dict[str, object]:
    """As `result_as_json`; `doubt` says which check of the data failed, where one of a table that was read did."""
    doubt = find_doubt(platform, principal, metrics, result.sql)
    return result_as_json(result) | ({"doubt": doubt} if doubt else {})


def _has_running(result: Result) -> bool:
    if result.running is None:
        return False
    periods = result.values(PERIOD) if any(column.name == PERIOD for column in result.columns) else []
    return result.running in [one.date() if isinstance(one, dt.datetime) else one for one in periods]


def watermark_as_json(watermark: Watermark) -> dict[str, object]:
    """The data version and when it was loaded (ISO 8601, UTC)."""
    loaded_at = watermark.loaded_at.isoformat() if watermark.loaded_at else None
    return {"version": watermark.version, "loaded_at": loaded_at}


def json_value(value: object) -> object:
    """A value JSON can carry: dates as ISO 8601, decimals as numbers, what is not a number as null."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


@permitted(Permission.DEFINITION_READ)
def describe_metrics(platform: Platform, principal: Principal) -> list[dict[str, object]]:
    """Each metric of the tenant: name, label, unit, description, and the dimensions it can be split by."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return []
    return [
        {
            "name": name,
            "label": metric.label,
            "unit": metric.unit,
            "description": metric.description,
            "dimensions": [dimension.name for dimension in catalog.dimensions_of((name,))],
        }
        for name, metric in catalog.metrics.items()
    ]
