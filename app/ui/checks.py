"""The checks of tables as a list, with how each came out."""

from collections.abc import Sequence

from app.ui.data_table import DataTable, TableColumn, data_table, text_rows
from services.quality.check import CheckState
from services.quality.results import CheckResult

_STATES = {CheckState.FAILED: "Failed", CheckState.PASSED: "Passed", CheckState.UNKNOWN: "Not known"}


def checks_table(results: Sequence[CheckResult], *, key: str) -> None:
    """Draw the checks of one table."""
    labels = ("Must be so", "State", "Found", "Measured (UTC)", "On failure")
    columns = tuple(TableColumn(label=label) for label in labels)
    rows = text_rows([_row(one) for one in results])
    data_table(DataTable(caption="Checks of the table", columns=columns, rows=rows), key=key)


def _row(one: CheckResult) -> list[str]:
    measured = "\u2014" if one.measured_at is None else f"{one.measured_at:%d %b %H:%M}"
    return [one.label, _STATES[one.state], one.said or "\u2014", measured, one.on_failure.value.replace("_", " ")]
