"""What SQL a definition may carry, and that what is allowed means in the engine what was written."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RefusedError
from metrics import MetricQuery
from metrics.expression_types import expression_type
from metrics.guard import parse_scalar, parse_select
from metrics.schema import column_type
from tests.metrics.small_store import SmallStore

COLUMNS = {
    "a": "INTEGER",
    "b": "DECIMAL(10,2)",
    "s": "VARCHAR",
    "d": "DATE",
    "e": "DATE",
    "ts": "TIMESTAMP",
    "tz": "TIMESTAMP WITH TIME ZONE",
    "ok": "BOOLEAN",
}

ALLOWED = """
abs(b); ceil(b); ceiling(b); floor(b); round(b); round(b, 1); trunc(b); sign(b); sqrt(a); cbrt(a); ln(a); log(a);
log10(a); log2(a); exp(a); power(a, 2); pow(a, 2); mod(a, 4); a % 4; a // 2; a / 2; -a; a + b * 2 - 1; (a + 1) * 2;
greatest(a, 3); least(a, 3); coalesce(a, 0); nullif(a, 7); ifnull(a, 0); if(ok, 1, 2); lower(s); upper(s); trim(s);
ltrim(s); rtrim(s); length(s); len(s); substring(s, 2, 2); substr(s, 2); left(s, 2); right(s, 2);
replace(s, 'b', 'x'); concat(s, 'x', a); concat_ws('-', s, 'x'); s || 'x'; split_part(s, ' ', 1); starts_with(s, 'A');
ends_with(s, 'D'); contains(s, 'b'); regexp_matches(s, 'b'); regexp_extract(s, '([a-z])');
regexp_extract(s, '([a-z])', 1); regexp_replace(s, 'b', 'x'); reverse(s); strpos(s, 'b'); instr(s, 'b');
date_diff('day', d, e); datediff('month', d, e); date_sub('month', d, e); date_trunc('quarter', d);
date_trunc('month', ts); date_part('year', d); datepart('dow', d); extract(dow from d); extract(isodow from d);
year(d); quarter(d); month(d); day(d); week(d); weekofyear(d); weekday(d); dayofweek(d); isodow(d); dayofyear(d);
hour(ts); minute(ts); dayname(d); monthname(d); strftime(d, '%Y-%m'); strptime('2020-01-02', '%Y-%m-%d');
try_strptime('2020-01-x', '%Y-%m-%d'); make_date(2020, 1, 2); last_day(d); epoch(ts); isfinite(d); d + 1; d - e;
d + interval 3 day; ts - interval 2 hour; date_add(d, interval 1 day); cast(s as varchar); try_cast(s as int);
a::double; cast(b as decimal(18, 4)); cast(ts as date); date '2020-01-01'; timestamp '2020-01-01 10:00';
tz at time zone 'Europe/Berlin'; a between 1 and 9; a in (1, 7); s like 'A%'; s ilike 'a%'; s not like 'A%';
s like 'A!%' escape '!'; a is null; a is not null; not ok; ok and a > 1 or b < 0; a is distinct from 7;
a is not distinct from 7; case s when 'x' then 1 else 2 end; case when a > 1 then 'x' end; 'it''s'; true; null;
a <> 3; a != 3; a >= 7 and a <= 7; 'ü' || s; 1.50; 100000000000000000000
"""
EXPRESSIONS = [text.strip() for text in ALLOWED.split(";")]


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
    connection.execute(f"CREATE TABLE t ({columns})")
    connection.execute(
        "INSERT INTO t VALUES (7, -2.50, 'Ab cD', '2020-02-29', '2021-03-01', '2020-05-06 23:59:58',"
        " '2020-05-06 23:59:58+02', true), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
    )
    return connection


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_allowed_expression_means_what_was_written(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    rendered = parse_scalar(text).on("t").sql("duckdb")
    written = engine.execute(f"SELECT {text}, typeof({text}) FROM t").fetchall()
    assert engine.execute(f"SELECT {rendered}, typeof({rendered}) FROM t").fetchall() == written


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_operand_keeps_its_meaning_inside_other_operators(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    operand = parse_scalar(text).operand("t").sql("duckdb")
    expected = engine.execute(f"SELECT ({text}) IS NULL, NOT (({text}) IS NOT NULL) FROM t").fetchall()
    assert engine.execute(f"SELECT {operand} IS NULL, NOT {operand} IS NOT NULL FROM t").fetchall() == expected


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_type_of_an_expression_is_the_engines_or_unknown(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    ((actual,),) = engine.execute(f"SELECT typeof({text}) FROM t LIMIT 1").fetchall()
    found = column_type(expression_type(parse_scalar(text), COLUMNS))
    assert found is None or found is column_type(actual)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("read_csv('/etc/passwd')", "the function read_csv is not allowed"),
        ("read_text('/etc/passwd')", "the function read_text is not allowed"),
        ("getenv('HOME')", "the function getenv is not allowed"),
        ("current_setting('memory_limit')", "the function current_setting is not allowed"),
        ("getvariable('x')", "the function getvariable is not allowed"),
        ("current_date", "the function current_date is not allowed"),
        ("now()", "the function now is not allowed"),
        ("random()", "the function rand is not allowed"),
        ("nextval('s')", "is not allowed"),
        ("repeat('x', 1000000000)", "the function repeat is not allowed"),
        ("sum(a)", "the aggregate sum is not allowed"),
        ("count(*)", "is not allowed in an expression"),
        ("sum(a) over ()", "is not allowed in an expression"),
        ("(select 1)", "a subquery is not allowed"),
        ("a in (select 1)", "a subquery is not allowed"),
        ("exists (select 1)", "is not allowed"),
        ("select 1", "not understood as an expression"),
        ("a, b", "not understood as an expression"),
        ("a as b", "not understood as an expression"),
        ("a; drop table t", "is not allowed|not understood"),
        ("a; b", "is not allowed"),
        ("$1", "a parameter is not allowed"),
        ("?", "a parameter is not allowed"),
        (":name", "is not allowed|not understood"),
        ("t.a", "without a table name"),
        ("*", "is not allowed"),
        ("columns(*)", "is not allowed"),
        ("[1, 2]", "is not allowed"),
        ("{'a': 1}", "is not allowed"),
        ("x -> x + 1", "is not allowed"),
        ("cast(a as struct(x int))", "is not allowed"),
        ("cast(a as my_type)", "is not allowed|not understood"),
        ("", "not understood|exactly one"),
        ("'open", "not understood"),
        ("(" * 5000 + "a" + ")" * 5000, "nested too deeply|not understood|characters"),
        ("a" * 30_000, "at most 20,000 are allowed"),
    ],
)
def test_anything_else_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        parse_scalar(text)


def test_comments_do_not_reach_the_query() -> None:
    assert parse_scalar("a /* ; x */ + 1 -- y").on("t").sql("duckdb") == '"t"."a" + 1'


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["a", "(", ")", "+", "'", "select", "case", "::", "$", ","])).map(" ".join)
)
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        scalar = parse_scalar(text)
    except RefusedError:
        return
    assert scalar.on("t").sql("duckdb")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * FROM 'secret.csv'", "'secret.csv' is not a table of the store"),
        ('SELECT * FROM "secret.csv"', "'secret.csv' is not a table of the store"),
        ("SELECT * FROM read_csv('secret.csv')", "the function read_csv is not allowed"),
        ("SELECT * FROM glob('*')", "is not allowed"),
        ("SELECT * FROM duckdb_settings()", "the function duckdb_settings is not allowed"),
        ("SELECT * FROM duckdb_settings", "is not a table of the store"),
        ("SELECT * FROM information_schema.tables", "is not a table of the store"),
        ("SELECT * FROM other.orders", "is not a table of the store"),
        ("SELECT * FROM ordres", r"no table 'ordres' in the store\. Did you mean orders"),
        ("SELECT * FROM orders; SELECT 1", "exactly one statement is allowed, not 2"),
        ("DELETE FROM orders", "only one SELECT is allowed"),
        ("INSERT INTO orders SELECT 1", "only one SELECT is allowed"),
        ("COPY orders TO 'x'", "only one SELECT is allowed"),
        ("ATTACH 'x'", "only one SELECT is allowed"),
        ("SET memory_limit = '1TB'", "only one SELECT is allowed"),
        ("PRAGMA database_list", "only one SELECT is allowed"),
        ("CALL pragma_version()", "only one SELECT is allowed"),
        ("WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "DELETE is not allowed"),
        (
            "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a FROM x) SELECT * FROM x",
            "WITH RECURSIVE is not allowed",
        ),
        ("SELECT * INTO x FROM orders", "INTO is not allowed"),
        ("SELECT getenv('HOME') FROM orders", "the function getenv is not allowed"),
        ("SELECT (SELECT content FROM read_text('x'))", "is not allowed"),
        ("SELECT $1 FROM orders", "a parameter is not allowed"),
        ("SELECT * FROM range(1000000000)", "is not allowed"),
        ("", "exactly one statement is allowed, not 0"),
    ],
)
def test_a_models_select_reads_tables_of_the_store_and_nothing_else(text: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        parse_select(text, ["orders", "reps"])


def test_a_models_select_may_join_aggregate_window_and_use_its_own_names() -> None:
    text = """
        WITH big AS (SELECT rep, count(*) AS deals, max(value) AS best FROM orders WHERE value > 10 GROUP BY rep)
        SELECT r.name, big.deals, row_number() OVER (PARTITION BY r.team ORDER BY big.best DESC) AS place
        FROM reps AS r LEFT JOIN big ON big.rep = r.name
        WHERE r.name IN (SELECT rep FROM orders) QUALIFY place < 3
        UNION ALL SELECT 'none', 0, NULL
    """
    assert parse_select(text, ["orders", "reps"]).named_selects == ["name", "deals", "place"]


def test_a_model_over_a_select_is_asked_like_any_other() -> None:
    store = SmallStore(
        "CREATE TABLE deals AS FROM (VALUES (1, 'ann', 10), (2, 'ann', 20), (3, 'ben', NULL)) AS d(id, rep, value)",
        "CREATE TABLE reps AS FROM (VALUES ('ann', 'west'), ('ben', 'east'), ('ben', 'east')) AS r(name, team)",
    )
    catalog = store.catalog(
        """
        model: big_deals
        sql: |
          WITH filled AS (SELECT id, rep, coalesce(value, 0) AS value FROM deals)
          SELECT id, rep, value, value * 2 AS twice FROM filled
        joins: [{to: teams, on: {rep: name}}]
        dimensions: {rep: {}, twice: {}}
        measures: {value: {agg: sum, sql: value}}
        metrics: {value: {kind: simple, measure: value}}
        """,
        "{model: teams, sql: 'SELECT DISTINCT name, team FROM reps', key: name, dimensions: {team: {}}}",
    )
    assert store.ask(catalog, MetricQuery(metrics=("value",), by=("team",))) == [("east", 0), ("west", 30)]
    assert catalog.models["big_deals"].dimensions["twice"].type == "integer"


def test_a_with_clause_cannot_hide_an_engine_table() -> None:
    text = (
        'SELECT b."path" AS k FROM (WITH "duckdb_databases" AS (SELECT 1 AS x) SELECT x FROM "duckdb_databases") a '
        'JOIN "duckdb_databases" b ON TRUE'
    )
    with pytest.raises(RefusedError, match="kept for the engine"):
        parse_select(text, {"orders"})
