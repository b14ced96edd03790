"""From the raw rows of a file to a staged table: types settled, Parquet written, contents looked at."""

import dataclasses
from pathlib import Path

from connectors.engine import Engine
from connectors.inference import ColumnPlan, plan_columns, plan_declared_columns
from connectors.inference.expressions import all_of, column, count_if, is_null, named, scan, select
from connectors.inference.profile import Profile, first_examples, profile_columns
from connectors.inference.typed import write_typed
from connectors.kinds.files.journey import Journey
from connectors.kinds.files.raw import RawColumn, RawTable
from connectors.relations import Relation, guess_key, unique_columns
from connectors.result import StagedColumn, StagedTable
from connectors.spec import Stage
from core.errors import InternalError
from core.result import ColumnType

_MOST_COLUMNS_FOR_BLANK_ROWS = 300


def stage_table(engine: Engine, raw: RawTable, *, name: str, source: str, path: Path, journey: Journey) -> StagedTable:
    """Writes a raw table with its types to `path` and describes it."""
    journey.at(Stage.TYPING, 0.0)
    kept, warnings = _planned(engine, raw, journey)
    journey.at(Stage.WRITING, 0.0)
    expressions = [named(plan.expression, column_.name) for column_, plan in kept]
    write_typed(engine, raw.path, expressions, path)
    journey.at(Stage.WRITING, 0.6)
    typed = [(column_.name, plan.verdict.type) for column_, plan in kept]
    profiles = profile_columns(engine, path, typed, rows=raw.rows)
    _check_nothing_lost(kept, profiles, source)
    examples = first_examples(path) if raw.is_typed else {}
    columns = tuple(
        _column(column_, plan, profiles[column_.name], raw.rows, examples.get(column_.name, ()))
        for column_, plan in kept
    )
    relation = Relation(name=name, path=path, rows=raw.rows, columns=columns)
    unique = unique_columns(engine, relation)
    relation = Relation(name=name, path=path, rows=raw.rows, columns=columns, unique=unique)
    return StagedTable(
        name=name,
        source=source,
        path=path,
        rows=raw.rows,
        # A unique column has as many values as there are rows, whatever the approximate count says.
        columns=tuple(
            dataclasses.replace(found, distinct=raw.rows) if found.name in unique else found for found in columns
        ),
        key=guess_key(engine, relation),
        unique=unique,
        warnings=(*warnings, *_blank_rows(engine, raw, path, typed)),
    )


def relation_of(table: StagedTable) -> Relation:
    """A staged table as the guesses about keys and joins look at it."""
    return Relation(name=table.name, path=table.path, rows=table.rows, columns=table.columns, unique=table.unique)


def _planned(
    engine: Engine, raw: RawTable, journey: Journey
) -> tuple[list[tuple[RawColumn, ColumnPlan]], tuple[str, ...]]:
    """The columns to stage with their plans; columns without a name and without a value are left out with a warning."""
    if raw.is_typed:
        return list(zip(raw.columns, plan_declared_columns(engine, raw.path), strict=True)), raw.warnings
    names = [column_.stored for column_ in raw.columns]
    hints = [column_.name for column_ in raw.columns]
    plans = plan_columns(
        engine,
        raw.path,
        names,
        hints,
        first_row=raw.first_row,
        advance=lambda share: journey.at(Stage.TYPING, share),
    )
    pairs = list(zip(raw.columns, plans, strict=True))
    kept = [(column_, plan) for column_, plan in pairs if column_.header or not plan.is_blank]
    if not kept or len(kept) == len(pairs):
        return pairs, raw.warnings
    told = f"Columns with neither a name nor a value: {len(pairs) - len(kept):,}. They were left out."
    return kept, (*raw.warnings, told)


def _column(
    column_: RawColumn, plan: ColumnPlan, profile: Profile, rows: int, examples: tuple[str, ...]
) -> StagedColumn:
    warnings = [column_.warning] if column_.warning else []
    warnings += plan.verdict.warnings
    if rows and not profile.values:
        warnings.append("The column is empty in every row.")
    return StagedColumn(
        name=column_.name,
        header=column_.header,
        type=plan.verdict.type,
        storage=plan.verdict.storage,
        nulls=rows - profile.values,
        distinct=profile.distinct,
        minimum=profile.minimum,
        maximum=profile.maximum,
        examples=plan.examples or examples,
        notes=plan.verdict.notes,
        warnings=tuple(warnings),
    )


def _check_nothing_lost(kept: list[tuple[RawColumn, ColumnPlan]], profiles: dict[str, Profile], source: str) -> None:
    """Every value that was counted as readable must have come out; anything else is a fault of this program."""
    for column_, plan in kept:
        values = profiles[column_.name].values
        if plan.values is not None and values != plan.values:
            raise InternalError(
                f"{source}, column {column_.name}: {plan.values:,} values went in and {values:,} came out"
            )


def _blank_rows(engine: Engine, raw: RawTable, path: Path, typed: list[tuple[str, ColumnType]]) -> tuple[str, ...]:
    if not raw.rows or len(typed) > _MOST_COLUMNS_FOR_BLANK_ROWS:
        return ()
    is_blank = all_of(*(is_null(column(name)) for name, _ in typed))
    blank = engine.row(select([named(count_if(is_blank), "blank")]).from_(scan()), [str(path)])["blank"]
    return (f"Rows that are empty in every column: {blank:,}. They were loaded as they are.",) if blank else ()
