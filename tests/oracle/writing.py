"""Writes a world as YAML definitions and DuckDB tables, and a question as the compiler takes it."""

import json
from decimal import Decimal

import duckdb
import pyarrow as pa

from metrics import CompileContext, MetricQuery, parse_grain
from metrics.own_periods import OwnCalendars, read_periods
from tests.oracle.world import (
    Both,
    Condition,
    Dimension,
    Either,
    Formula,
    Literal,
    Meaning,
    Measure,
    Metric,
    Model,
    Negation,
    Operation,
    Policy,
    Question,
    Reader,
    Rule,
    Test,
    World,
)

TYPES = {
    "text": ("VARCHAR", pa.string()),
    "integer": ("BIGINT", pa.int64()),
    "decimal": ("DECIMAL(12,2)", pa.decimal128(12, 2)),
    "double": ("DOUBLE", pa.float64()),
    "boolean": ("BOOLEAN", pa.bool_()),
    "date": ("DATE", pa.date32()),
    "timestamp": ("TIMESTAMP", pa.timestamp("us")),
    "timestamptz": ("TIMESTAMP WITH TIME ZONE", pa.timestamp("us", tz="UTC")),
}


def write_files(world: World) -> dict[str, str]:
    """Definition files by name. JSON is YAML, and leaves no doubt about quotes."""
    return {f"{model.name}.yaml": json.dumps(_model(model), ensure_ascii=False) for model in world.models.values()}


def write_schema(world: World) -> dict[str, dict[str, str]]:
    """The columns of each table with their DuckDB types."""
    return {
        model.name: {column: TYPES[type_][0] for column, type_ in model.types.items()}
        for model in world.models.values()
    }


def write_tables(world: World, connection: duckdb.DuckDBPyConnection) -> None:
    """Makes each model's table, new."""
    for model in world.models.values():
        schema = pa.schema([(column, TYPES[type_][1]) for column, type_ in model.types.items()])
        connection.register("rows_of_model", pa.Table.from_pylist(model.rows, schema=schema))
        connection.execute(f'CREATE OR REPLACE TABLE "{model.name}" AS SELECT * FROM rows_of_model')
        connection.unregister("rows_of_model")


def write_question(question: Question) -> tuple[MetricQuery, CompileContext]:
    """The question and its calendar."""
    order = question.order
    query = MetricQuery(
        metrics=question.metrics,
        by=question.by,
        grain=parse_grain(question.grain) if question.grain else None,
        start=question.start,
        end=question.end,
        where=write_condition(question.where) if question.where else None,
        order=(("-" if order[1] else "") + order[0],) if order else (),
        limit=question.limit,
        range=question.range,
        compare=question.compare,
        having=write_condition(question.having) if question.having else None,
        has_totals=question.has_totals,
        is_filled=question.is_filled,
        top=question.top,
    )
    context = CompileContext(
        zone=question.zone,
        week_start=question.week_start,
        fiscal_start_month=question.fiscal_start,
        today=question.today,
        own=OwnCalendars(grains={"season": read_periods("season", "seasons", question.seasons)}),
    )
    return query, context


def write_policies(reader: Reader) -> dict[str, str]:
    """Policy files by name."""
    return {
        f"{number}.yaml": json.dumps(_policy(number, policy), ensure_ascii=False)
        for number, policy in enumerate(reader.policies)
    }


def _policy(number: int, policy: Policy) -> dict[str, object]:
    return {
        "policy": f"policy-{number}",
        "roles": [policy.role],
        "rows": [_rule(rule) for rule in policy.rules],
        "open": list(policy.open),
    }


def _rule(rule: Rule) -> dict[str, object]:
    if rule.other is not None:
        return {"table": rule.table, "column": rule.column, "follows": f"{rule.other}.{rule.key}"}
    content: dict[str, object] = {"in": f"member.{rule.attribute}" if rule.attribute else list(rule.values)}
    return content | (
        {"dimension": rule.column} if rule.table is None else {"table": rule.table, "column": rule.column}
    )


def write_condition(condition: Condition) -> str:
    """A condition in the filter language, which is SQL too where names are columns."""
    match condition:
        case Both(parts=parts):
            return " AND ".join(
                f"({write_condition(part)})" if isinstance(part, Either) else write_condition(part) for part in parts
            )
        case Either(parts=parts):
            return " OR ".join(write_condition(part) for part in parts)
        case Negation(part=part):
            return f"NOT {_closed(part)}"
        case Test(name=name, operator=operator, values=values):
            if operator in {"IS NULL", "IS NOT NULL"}:
                return f"{name} {operator}"
            written = [_literal(value) for value in values]
            if operator in {"IN", "NOT IN"}:
                return f"{name} {operator} ({', '.join(written)})"
            return f"{name} {operator} {' AND '.join(written)}"


def write_formula(formula: Formula) -> str:
    """Arithmetic with no more parentheses than it needs."""
    if isinstance(formula, Decimal):
        return f"{formula:f}"
    if isinstance(formula, str):
        return formula
    if isinstance(formula, tuple):
        inner = write_formula(formula[0])
        return f"-({inner})" if isinstance(formula[0], Operation | tuple) else f"-{inner}"
    left, right = write_formula(formula.left), write_formula(formula.right)
    strength = _strength(formula)
    if _strength(formula.left) < strength:
        left = f"({left})"
    if _strength(formula.right) < strength or (formula.sign in "-/" and _strength(formula.right) == strength):
        right = f"({right})"
    return f"{left} {formula.sign} {right}"


def _closed(condition: Condition) -> str:
    return f"({write_condition(condition)})"


def _strength(formula: Formula) -> int:
    if isinstance(formula, Operation):
        return 1 if formula.sign in "+-" else 2
    return 3


def _literal(value: Literal) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _model(model: Model) -> dict[str, object]:
    content: dict[str, object] = {"model": model.name, "table": model.name}
    if model.key:
        content["key"] = list(model.key)
    if model.time:
        content["time"] = model.time
    content["joins"] = [{"name": join.name, "to": join.to, "on": dict(join.on)} for join in model.joins]
    content["dimensions"] = {name: _dimension(dimension) for name, dimension in model.dimensions.items()}
    content["measures"] = {name: _measure(measure) for name, measure in model.measures.items()}
    content["metrics"] = {name: _metric(metric, model) for name, metric in model.metrics.items()}
    return content


def _dimension(dimension: Dimension) -> dict[str, str]:
    if dimension.threshold is not None:
        return {"sql": f"CASE WHEN {dimension.column} > {dimension.threshold} THEN 'large' ELSE 'small' END"}
    if dimension.fallback is not None:
        return {"sql": f"coalesce({dimension.column}, {_literal(dimension.fallback)})"}
    return {"column": dimension.column}


def _measure(measure: Measure) -> dict[str, object]:
    content: dict[str, object] = {"agg": measure.aggregation}
    if measure.column is not None:
        content["sql"] = measure.column
    if measure.where is not None:
        content["where"] = write_condition(measure.where)
    if measure.fraction is not None:
        content["p"] = str(measure.fraction)
    if measure.order is not None:
        content["order"] = measure.order
    return content


def _metric(metric: Metric, model: Model) -> dict[str, object]:
    content: dict[str, object] = {"kind": metric.kind}
    match metric.kind, metric.formula:
        case "simple", str(name):
            content["measure"] = name
        case "share" | "rank", str(name):
            content["of"] = name
        case "cumulative" | "snapshot", str(name):
            content["measure"] = name
            content |= _window(metric)
        case "conversion", str(name):
            content["base"] = name
            content |= _conversion(metric)
        case "ratio", Operation(left=left, right=right):
            content |= {"numerator": left, "denominator": right}
        case _, formula:
            content["formula"] = write_formula(formula)
            content["inputs"] = {name: _meaning(meaning) for name, meaning in metric.meanings}
    if metric.time != model.time:
        content["time"] = metric.time
    if metric.unit is not None:
        content["unit"] = metric.unit
    if metric.target is not None:
        content["target"] = metric.target
    return content


def _window(metric: Metric) -> dict[str, object]:
    window = metric.window
    if window is None:
        return {}
    pairs = {"window": window.length, "to_date": window.grain, "until": window.until, "entity": window.entity}
    return {key: value for key, value in pairs.items() if value is not None}


def _conversion(metric: Metric) -> dict[str, object]:
    following = metric.following
    if following is None:
        return {}
    return {
        "to": f"{following.model}.{following.measure}",
        "entity": following.entity,
        "to_entity": following.their_entity,
        "within": following.within,
        "as": "rate" if metric.is_rate else "count",
    }


def _meaning(meaning: Meaning) -> dict[str, object]:
    content: dict[str, object] = {"of": meaning.of}
    if meaning.offset is not None:
        content["offset"] = meaning.offset
    if meaning.where is not None:
        content["where"] = write_condition(meaning.where)
    return content
