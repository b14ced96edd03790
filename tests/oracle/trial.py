"""Runs random cases through both implementations and counts how they compare."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from core.errors import InvalidError, RefusedError
from metrics import Catalog, compile_query, load_catalog
from metrics.policy import restrict
from tests.oracle.generator import make_world
from tests.oracle.questions import make_question
from tests.oracle.reference import Reference
from tests.oracle.rolling import Rolling, view_of
from tests.oracle.world import Question, Refusal, World
from tests.oracle.writing import write_files, write_question, write_schema, write_tables

QUESTIONS = 12


@dataclass(kw_only=True)
class Report:
    """What came of a number of cases."""

    seed: int
    cases: int = 0
    answered: int = 0
    rows: int = 0
    # Answers that were made once more from rollups, and had to be the same.
    rolled: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    # Questions on which the engine's optimiser fails; they are answered again with a part of it switched off.
    engine_faults: int = 0
    mismatches: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.cases:,} cases, {self.answered:,} answered with {self.rows:,} rows"]
        lines += [f"refused {count:,}: {reason}" for reason, count in self.refusals.most_common()]
        lines.append(f"answered from rollups too: {self.rolled:,}")
        lines.append(f"faults of the engine: {self.engine_faults}")
        lines.append(f"mismatches: {len(self.mismatches)}")
        return "\n".join([*lines, *self.mismatches[:5]])


def run_trial(cases: int, seed: int, *, is_rolled: bool = False) -> Report:
    """Runs cases that follow from a seed; with `is_rolled` those that can be are answered from rollups too."""
    report = Report(seed=seed)
    random = Random(seed)  # noqa: S311 -- cases must be repeatable, not secret.
    with duckdb.connect() as connection:
        # The zone of the connection must not matter, so it is one that no question asks for.
        connection.execute("SET TimeZone = 'Pacific/Auckland'")
        while report.cases < cases:
            world_seed = random.getrandbits(32)
            _run_world(world_seed, min(QUESTIONS, cases - report.cases), connection, report, is_rolled=is_rolled)
    return report


def _run_world(
    seed: int, questions: int, connection: duckdb.DuckDBPyConnection, report: Report, *, is_rolled: bool
) -> None:
    random = Random(seed)  # noqa: S311
    world = make_world(random)
    write_tables(world, connection)
    catalog = load_catalog(write_files(world), write_schema(world))
    asked = [make_question(random, world) for _ in range(questions)]
    rolling = Rolling(world, asked, catalog, connection) if is_rolled else None
    for number, question in enumerate(asked):
        report.cases += 1
        complaint = _compare(world, question, catalog, connection, report, rolling)
        if complaint:
            report.mismatches.append(f"world {seed}, question {number}: {complaint}\n  {question}")


def _compare(
    world: World,
    question: Question,
    catalog: Catalog,
    connection: duckdb.DuckDBPyConnection,
    report: Report,
    rolling: "Rolling | None",
) -> str | None:
    """What is wrong, or None."""
    try:
        expected = Reference(world, question).answer().rows
    except Refusal as refusal:
        try:
            sql, _ = _compiled(world, question, catalog)
        except (InvalidError, RefusedError):
            report.refusals[str(refusal)] += 1
            return None
        return f"should be refused, because {refusal}:\n{sql}"
    try:
        sql, values = _compiled(world, question, catalog)
    except (InvalidError, RefusedError) as error:
        return f"is refused: {error}"
    try:
        table = _run(sql, values, connection, report)
    except duckdb.Error as error:
        return f"fails: {error}\n{sql}"
    found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    report.answered += 1
    report.rows += len(found)
    if len(found) == len(expected) and all(map(_alike, found, expected)):
        return None if rolling is None else _compare_rolled(question, table, rolling, report)
    return f"expected\n{_shown(expected)}\n  found\n{_shown(found)}\n{sql}\n{values}"


def _compare_rolled(question: Question, table: pa.Table, rolling: "Rolling", report: Report) -> str | None:
    """What is different about the answer made from rollups, to the type and the last bit; None where there is none."""
    again = rolling.answer(question)
    if again is None:
        return None
    report.rolled += 1
    if again.schema == table.schema and repr(again.to_pylist()) == repr(table.to_pylist()):
        return None
    return (
        f"from rollups\n{again.schema}\n{again.to_pylist()[:12]}\n  without\n{table.schema}\n{table.to_pylist()[:12]}"
    )


def _compiled(world: World, question: Question, catalog: Catalog) -> tuple[str, tuple[object, ...]]:
    """The SQL of a question with its values, over the rows that its reader sees."""
    query, context = write_question(question)
    compiled = compile_query(catalog, query, context)
    view = view_of(world, question, catalog)
    if view is None:
        return compiled.sql, compiled.parameters
    return restrict(compiled.tree, view, compiled.parameters)


def _run(sql: str, values: Sequence[object], connection: duckdb.DuckDBPyConnection, report: Report) -> pa.Table:
    """The answer. DuckDB 1.5.5 cannot plan some joins of which its statistics say that they are empty: it fails with
    "Failed to bind column reference" unless compressed materialisation is off."""
    try:
        return connection.execute(sql, values).to_arrow_table()
    except duckdb.InternalException:
        report.engine_faults += 1
        connection.execute("SET disabled_optimizers = 'compressed_materialization'")
        try:
            return connection.execute(sql, values).to_arrow_table()
        finally:
            connection.execute("RESET disabled_optimizers")


def _alike(found: Sequence[Any], expected: Sequence[Any]) -> bool:
    return all(map(_same, found, expected))


def _same(found: Any, expected: Any) -> bool:
    """Whether two values are equal: floating-point numbers nearly, everything else exactly."""
    if found is None or expected is None:
        return found is expected
    if isinstance(found, float) and isinstance(expected, Fraction | float | Decimal | int):
        return math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        return Fraction(found) == Fraction(expected)
    if isinstance(found, dt.datetime) and isinstance(expected, dt.datetime):
        return _in_utc(found) == _in_utc(expected)
    return bool(found == expected)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """Times of an hour that comes twice are never equal to those of another zone, so both are taken to UTC."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _shown(rows: Sequence[Sequence[Any]]) -> str:
    shown = [
        "    " + ", ".join(str(float(value)) if isinstance(value, Fraction) else repr(value) for value in row)
        for row in rows[:12]
    ]
    return "\n".join(shown or ["    nothing"])
