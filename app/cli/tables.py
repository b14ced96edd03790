"""Answers of commands as rows and lines for people."""

import csv
import io
import sys
from typing import cast

from app.cli.output import show_json, show_table, show_text
from core.numbers import UNDEFINED, Number, full

Answer = dict[str, object]
_NUMBERS = {"integer", "number"}


def show_answer(answer: Answer, chosen: str) -> None:
    """The answer to a query as a table, CSV or JSON."""
    if chosen == "json":
        show_json(answer)
        return
    columns, rows = _items(answer, "columns"), cast(list[list[object]], answer["rows"])
    if chosen == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column["name"] for column in columns])
        writer.writerows([[_csv_cell(value) for value in row] for row in rows])
        sys.stdout.write(text.getvalue())
        return
    right = frozenset(index for index, column in enumerate(columns) if column["type"] in _NUMBERS)
    cells = [[_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    show_text(str(answer["sentence"]))
    show_table([str(column["label"]) for column in columns], cells, right=right)
    watermark = cast(dict[str, object], answer["watermark"])
    loaded_at = str(watermark["loaded_at"])[:16].replace("T", " ") + " UTC" if watermark["loaded_at"] else "never"
    count = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    show_text(f"{count}. Data version {watermark['version']}, loaded {loaded_at}.")


def _csv_cell(value: object) -> object:
    """A value for CSV; text that a spreadsheet would run as a formula is made plain text by an apostrophe."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def preview_rows(answer: Answer) -> list[list[str]]:
    """A row for each table: its name, the rows a member sees, and all there are."""
    return [[str(one["table"]), f"{one['visible']:,}", f"{one['rows']:,}"] for one in _items(answer, "tables")]


def notebook_rows(answer: Answer) -> list[list[str]]:
    """A row for each notebook."""
    return [
        [str(one["name"]), str(one["title"]), str(one["cells"]), str(one["version"]), _notebook_state(one)]
        for one in _items(answer, "notebooks")
    ]


def _notebook_state(notebook: Answer) -> str:
    if notebook["published"] is None:
        return "draft"
    return "published" if notebook["published"] == notebook["version"] else f"version {notebook['published']} published"


def tenant_rows(answer: Answer) -> list[list[str]]:
    """A row for each tenant."""
    return [
        [
            str(tenant["slug"]),
            str(tenant["name"]),
            str(tenant["members"]),
            str(len(cast(dict[str, int], tenant["tables"]))),
            f"{sum(cast(dict[str, int], tenant['tables']).values()):,}",
            str(tenant["watermark"]),
            "" if tenant["bytes"] is None else f"{cast(int, tenant['bytes']) / 1e6:,.1f} MB",
            str(tenant["backed_up_at"] or "never")[:16].replace("T", " "),
            str(tenant["state"]),
        ]
        for tenant in _items(answer, "tenants")
    ]


def check_rows(answer: Answer) -> list[list[str]]:
    """A row for each check."""
    return [
        [str(check["name"]), "ok" if check["ok"] else "FAILED", str(check["detail"])]
        for check in _items(answer, "checks")
    ]


def import_lines(answer: Answer) -> list[str]:
    """What was loaded and what to look at, in lines."""
    lines: list[str] = []
    for table in _items(answer, "tables"):
        columns = cast(list[Answer], table["columns"])
        key = ", ".join(cast(list[str], table["key"]))
        lines.append(
            f"{table['name']}: {cast(int, table['rows']):,} rows, {len(columns)} columns from {table['source']}"
            + (f", key {key}" if key else "")
        )
        lines += [f"  {column['name']}: {note}" for column in columns for note in cast(list[str], column["notes"])]
    lines += [_replaced(one) for one in _items(answer, "replaced")]
    broken = [f"  {name}: {reason}" for name, reason in cast(dict[str, str], answer["broken"]).items()]
    joins = [f"  {join['sentence']}" for join in _items(answer, "joins")]
    warnings = [f"  {warning}" for warning in cast(list[str], answer["warnings"])]
    skipped = [f"  {one['file']}: {one['reason']}" for one in _items(answer, "skipped")]
    parts = (
        ("Joins found", joins),
        ("Please look at", warnings),
        ("Not read", skipped),
        ("These metrics cannot be computed any more", broken),
    )
    for title, found in parts:
        lines += [f"{title}:", *found] if found else []
    return [*lines, f"Loaded. Data version {answer['watermark']}."]


def _replaced(one: Answer) -> str:
    gone, new = (", ".join(cast(list[str], one[name])) for name in ("columns_gone", "columns_new"))
    changes = "".join((f"; columns gone: {gone}" if gone else "", f"; columns new: {new}" if new else ""))
    return f"  replaced {one['table']}, which had {cast(int, one['rows_before']):,} rows{changes}"


def _cell(value: object, column: Answer) -> str:
    if value is None:
        return UNDEFINED
    if column["type"] in _NUMBERS and not isinstance(value, str):
        unit = column["unit"]
        return full(cast(Number, value), str(unit) if unit else None, decimals=2 if unit == "ratio" else None)
    # A control character in the data must not reach the terminal.
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in str(value))


def _items(answer: Answer, name: str) -> list[Answer]:
    return cast(list[Answer], answer[name])
