"""JSON (RFC 8259): what the report says, with the key figures, charts and tables as columns and rows."""

import datetime as dt
import json
from decimal import Decimal

from exports.blocks import Footnotes, Problem, Report
from exports.tabular import list_parts

KIND = "json"
MEDIA_TYPE = "application/json"
EXTENSION = "json"


def render(report: Report) -> bytes:
    """The report as one JSON object. A decimal that no float holds exactly is a text."""
    problems = [block for block in report.blocks if isinstance(block, Problem)]
    notes = next((block for block in report.blocks if isinstance(block, Footnotes)), Footnotes())
    said = {
        "title": report.title,
        "tenant": report.tenant_name,
        "period": report.period,
        "generated_at": report.generated_at.isoformat(),
        "data": report.watermark,
        "rows": notes.policy,
        "filters": notes.filters,
        "parts": [
            {
                "title": part.title,
                "columns": [
                    {"name": one.name, "label": one.label, "type": one.type.value, "unit": one.unit}
                    for one in part.columns
                ],
                "rows": [[_value(value) for value in row] for row in part.rows],
            }
            for part in list_parts(report)
        ],
        "problems": [{"title": one.title, "reason": one.reason} for one in problems],
        "definitions": [{"label": one.label, "text": one.text} for one in notes.definitions],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value) if Decimal(float(value)) == value else str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
