"""Row and column policies: what a restricted query returns is what the whole query returns on the rows one may see."""

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RefusedError
from metrics import Catalog, CompileContext, DefinitionError, Grain, MetricQuery, compile_query, load_catalog
from metrics.guard import parse_select
from metrics.policy import Policy, Reader, ReaderView, check_policies, read_policies, resolve, restrict

DEFINITIONS = {
    "accounts.yaml": """
model: accounts
table: accounts
key: id
dimensions: {region: {column: region}, tier: {column: tier}}
measures: {n: {agg: count}}
metrics: {accounts_n: {kind: simple, measure: n}}
""",
    "deals.yaml": """
model: deals
table: deals
key: id
time: closed
joins: [{to: accounts, on: {account_id: id}}]
dimensions:
  closed: {type: time, column: closed}
  size: {sql: "CASE WHEN amount > 50 THEN 'big' ELSE 'small' END"}
measures:
  amount: {agg: sum, sql: amount}
  n: {agg: count}
  big: {agg: count, where: "amount > 50"}
metrics:
  amount: {kind: simple, measure: amount}
  deals_n: {kind: simple, measure: n}
  big_share: {kind: ratio, numerator: big, denominator: n}
""",
    "notes.yaml": """
model: notes
sql: SELECT id, deal_id, words FROM notes
key: id
dimensions: {words: {column: words}}
measures: {n: {agg: count}}
metrics: {notes_n: {kind: simple, measure: n}}
""",
}
COLUMNS = {
    "accounts": {"id": "BIGINT", "region": "VARCHAR", "tier": "VARCHAR"},
    "deals": {"id": "BIGINT", "account_id": "BIGINT", "amount": "BIGINT", "closed": "DATE"},
    "notes": {"id": "BIGINT", "deal_id": "BIGINT", "words": "VARCHAR"},
    "calendar": {"day": "DATE"},
    "secrets": {"word": "VARCHAR"},
}
REGIONAL = """
policy: regional
roles: [manager]
rows:
  - {dimension: region, in: member.regions}
  - {table: notes, column: deal_id, follows: deals.id}
open: [calendar]
"""
TIERED = """
policy: tiered
roles: [partner]
rows: [{dimension: tier, in: [gold, silver]}, {table: notes, column: words, in: [a]}]
"""
Rows = list[tuple[object, ...]]
World = Mapping[str, Rows]

regions = st.sampled_from(["EMEA", "AMER", "APAC", 'O\'Brien "x"', None])
accounts = st.lists(st.tuples(regions, st.sampled_from(["gold", "silver", "tin", None])), max_size=6)
keys = st.one_of(st.none(), st.integers(0, 7))
deals = st.lists(st.tuples(keys, st.integers(0, 100), st.dates(dt.date(2026, 1, 1), dt.date(2026, 4, 1))), max_size=10)
notes = st.lists(st.tuples(keys, st.sampled_from(["a", "b", None])), max_size=8)
readers = st.builds(
    Reader,
    roles=st.sampled_from([("manager",), ("partner",), ("manager", "partner")]),
    attributes=st.one_of(
        st.just({}),
        st.fixed_dictionaries({"regions": st.lists(st.sampled_from(["EMEA", "AMER", 'O\'Brien "x"']), max_size=3)}),
        st.fixed_dictionaries({"regions": st.sampled_from(["EMEA", "APAC"])}),
    ),
)

SELECTS = (
    "SELECT * FROM deals ORDER BY ALL",
    "SELECT d.id, a.region FROM deals AS d JOIN accounts a ON a.id = d.account_id ORDER BY ALL",
    "SELECT region, count(*) FROM accounts GROUP BY region ORDER BY ALL",
    'SELECT "DEALS"."amount" FROM "DEALS" ORDER BY ALL',
    "WITH big AS (SELECT * FROM deals WHERE amount > 50) SELECT count(*) FROM big",
    "WITH a AS (SELECT id FROM accounts), b AS (SELECT * FROM a) SELECT count(*) FROM b, deals",
    "SELECT id FROM deals UNION ALL SELECT id FROM accounts UNION ALL SELECT deal_id FROM notes ORDER BY ALL",
    "SELECT id FROM deals EXCEPT SELECT deal_id FROM notes ORDER BY ALL",
    "SELECT (SELECT count(*) FROM accounts) AS n, (SELECT max(amount) FROM deals) AS m",
    "SELECT id FROM deals WHERE account_id IN (SELECT id FROM accounts WHERE region = 'EMEA') ORDER BY ALL",
    "SELECT id FROM deals d WHERE EXISTS (SELECT 1 FROM notes n WHERE n.deal_id = d.id) ORDER BY ALL",
    "SELECT x.id, y.id FROM deals x LEFT JOIN deals y ON x.amount < y.amount ORDER BY ALL",
    "SELECT deals.amount FROM (SELECT * FROM deals) AS deals ORDER BY ALL",
    "SELECT words FROM notes ORDER BY ALL",
)
QUESTIONS = (
    MetricQuery(metrics=("amount", "deals_n", "big_share"), by=("region",)),
    MetricQuery(metrics=("amount", "accounts_n"), by=("tier",)),
    MetricQuery(metrics=("deals_n",), by=("size", "region"), where="region != 'AMER'"),
    MetricQuery(metrics=("amount",), grain=Grain.MONTH, start=dt.date(2026, 1, 15)),
    MetricQuery(metrics=("notes_n",), by=("words",)),
    MetricQuery(metrics=("accounts_n",)),
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DEFINITIONS, COLUMNS)


@pytest.fixture(scope="module")
def policies() -> Sequence[Policy]:
    return tuple(read_policies({"regional.yaml": REGIONAL, "tiered.yaml": TIERED}).values())


def store(world: World) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        for row in world[table]:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row))
    return connection


def build(
    account_rows: list[tuple[object, ...]], deal_rows: list[tuple[object, ...]], note_rows: list[tuple[object, ...]]
) -> World:
    return {
        "accounts": [(number, *row) for number, row in enumerate(account_rows)],
        "deals": [(number, *row) for number, row in enumerate(deal_rows)],
        "notes": [(number, *row) for number, row in enumerate(note_rows)],
        "calendar": [(dt.date(2026, 1, 1),)],
        "secrets": [("hidden",)],
    }


def allowed(world: World, reader: Reader) -> World:
    """The rows a reader may see, told by hand: loops over rows, no SQL and nothing of the policy code."""
    shown: dict[str, list[tuple[object, ...]]] = {table: [] for table in COLUMNS}
    given = reader.attributes.get("regions", [])
    own = [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]
    region_of = {row[0]: row[1] for row in world["accounts"]}
    tier_of = {row[0]: row[2] for row in world["accounts"]}
    for role in reader.roles:
        if role == "manager":
            shown["calendar"] += world["calendar"]
            shown["accounts"] += [row for row in world["accounts"] if row[1] in own and row[1] is not None]
            mine = [row for row in world["deals"] if region_of.get(row[1]) in own and region_of.get(row[1]) is not None]
            shown["deals"] += mine
            shown["notes"] += [row for row in world["notes"] if row[1] in [deal[0] for deal in mine]]
        else:
            shown["accounts"] += [row for row in world["accounts"] if row[2] in ("gold", "silver")]
            shown["deals"] += [row for row in world["deals"] if tier_of.get(row[1]) in ("gold", "silver")]
            shown["notes"] += [row for row in world["notes"] if row[2] == "a"]
    return {table: [row for row in world[table] if row in rows] for table, rows in shown.items()}


@settings(max_examples=150, deadline=None)
@given(accounts=accounts, deals=deals, notes=notes, reader=readers, sql=st.sampled_from(SELECTS))
def test_sql_finds_no_row_outside_the_policy(
    catalog: Catalog,
    policies: Sequence[Policy],
    accounts: Rows,
    deals: Rows,
    notes: Rows,
    reader: Reader,
    sql: str,
) -> None:
    world = build(accounts, deals, notes)
    view = resolve(policies, catalog, COLUMNS, reader)
    assert view is not None
    text, values = restrict(parse_select(sql, COLUMNS), view)
    found = store(world).execute(text, list(values)).fetchall()
    assert found == store(allowed(world, reader)).execute(sql).fetchall()


@settings(max_examples=150, deadline=None)
@given(accounts=accounts, deals=deals, notes=notes, reader=readers, question=st.sampled_from(QUESTIONS))
def test_metrics_count_no_row_outside_the_policy(
    catalog: Catalog,
    policies: Sequence[Policy],
    accounts: Rows,
    deals: Rows,
    notes: Rows,
    reader: Reader,
    question: MetricQuery,
) -> None:
    world = build(accounts, deals, notes)
    view = resolve(policies, catalog, COLUMNS, reader)
    assert view is not None
    compiled = compile_query(catalog, question, CompileContext())
    text, values = restrict(compiled.tree, view, compiled.parameters)
    found = store(world).execute(text, list(values)).fetchall()
    assert found == store(allowed(world, reader)).execute(compiled.sql, list(compiled.parameters)).fetchall()


def view_of(text: str, catalog: Catalog | None, **reader: object) -> ReaderView:
    given = Reader(**{"roles": ("manager",), "attributes": {"regions": ["EMEA"]}, **reader})  # type: ignore[arg-type]
    view = resolve(read_policies({"p.yaml": text}).values(), catalog, COLUMNS, given)
    assert view is not None
    return view


def test_a_table_that_no_rule_names_is_hidden(catalog: Catalog) -> None:
    view = view_of(REGIONAL, catalog)
    with pytest.raises(RefusedError, match='There is no table "secrets" here, or you may not see'):
        restrict(parse_select("SELECT * FROM secrets", COLUMNS), view)


def test_a_with_clause_cannot_take_the_name_of_a_table(catalog: Catalog) -> None:
    view = view_of(REGIONAL, catalog)
    tree = parse_select("WITH deals AS (SELECT * FROM deals) SELECT * FROM deals", COLUMNS)
    with pytest.raises(RefusedError, match="WITH deals has the name of a table"):
        restrict(tree, view)


def test_a_reader_without_the_attribute_sees_no_rows(catalog: Catalog) -> None:
    view = view_of(REGIONAL, catalog, attributes={})
    text, values = restrict(parse_select("SELECT count(*) FROM accounts", COLUMNS), view)
    assert store(build([("EMEA", "gold"), (None, None)], [], [])).execute(text, list(values)).fetchall() == [(0,)]
    assert "nothing, as the member has no such attribute" in view.sentence


def test_nobody_is_bound_by_a_policy_of_another_role(catalog: Catalog, policies: Sequence[Policy]) -> None:
    assert resolve(policies, catalog, COLUMNS, Reader(roles=("analyst",))) is None
    assert resolve(policies, catalog, COLUMNS, Reader(roles=("manager", "analyst"))) is None


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{dimension: regoin, in: member.regions}", "there is no dimension regoin. Did you mean region"),
        ("{table: deels, column: id, in: [1]}", "there is no table deels in the store. Did you mean deals"),
        ("{table: deals, column: amuont, in: [1]}", "table deals has no column amuont. Did you mean amount"),
        ("{table: notes, column: deal_id, follows: deals.key}", "table deals has no column key"),
    ],
)
def test_a_policy_that_names_what_is_not_there_is_reported_and_refuses(
    catalog: Catalog, rule: str, message: str
) -> None:
    found = read_policies({"p.yaml": f"policy: p\nroles: [manager]\nrows: [{rule}]"})
    problems = check_policies(found.values(), catalog, COLUMNS, ["manager"])
    assert [message in str(problem) for problem in problems] == [True]
    with pytest.raises(RefusedError, match="Nothing is shown, because a row policy no longer fits"):
        resolve(found.values(), catalog, COLUMNS, Reader(roles=("manager",)))


def test_tables_cannot_follow_each_other_in_a_circle(catalog: Catalog) -> None:
    text = """
policy: p
roles: [manager]
rows:
  - {table: notes, column: deal_id, follows: deals.id}
  - {table: deals, column: id, follows: notes.deal_id}
"""
    problems = check_policies(read_policies({"p.yaml": text}).values(), catalog, COLUMNS, ["manager"])
    assert "notes follows deals, which leads back to notes" in str(problems[0])


def test_all_problems_of_a_file_are_told_with_their_lines() -> None:
    text = "policy: p\nrows:\n  - {dimension: region}\n  - {table: a, column: b, in: [member.x, y]}\ncolums: []\n"
    with pytest.raises(DefinitionError) as raised:
        read_policies({"p.yaml": text})
    said = [str(problem) for problem in raised.value.problems]
    assert [line.split(": ")[0] for line in said] == ["p.yaml:1", "p.yaml:1", "p.yaml:3", "p.yaml:4", "p.yaml:5"]
    assert "policy p has no `roles`" in raised.value.message
    assert "does not take `colums`. Did you mean columns" in raised.value.message


MASKED = """
policy: masks
roles: [manager]
columns:
  - {table: accounts, column: region, show: hash}
  - {table: accounts, column: tier, show: hide}
  - {table: notes, column: words, show: last4}
"""


def test_columns_are_hashed_hidden_or_cut() -> None:
    view = view_of(MASKED, None, salt="s1")
    world = build([("EMEA", "gold"), ("EMEA", "tin"), (None, "tin")], [], [(0, "card 1234567")])
    text, values = restrict(parse_select("SELECT region, tier FROM accounts ORDER BY id", COLUMNS), view)
    first, second, third = store(world).execute(text, list(values)).fetchall()
    assert first == second
    assert first[0] not in ("EMEA", None)
    assert (first[1], third) == (None, (None, None))
    text, values = restrict(parse_select("SELECT words FROM notes", COLUMNS), view)
    assert store(world).execute(text, list(values)).fetchall() == [("4567",)]


def test_equal_values_of_two_tenants_have_different_hashes() -> None:
    world = build([("EMEA", "gold")], [], [])
    tree = parse_select("SELECT region FROM accounts", COLUMNS)
    hashes = set()
    for salt in ("s1", "s2"):
        text, values = restrict(tree, view_of(MASKED, None, salt=salt))
        hashes |= set(store(world).execute(text, list(values)).fetchall())
    assert len(hashes) == 2


def test_a_masked_column_cannot_be_searched_by_its_value() -> None:
    view = view_of(MASKED, None)
    world = build([("EMEA", "gold")], [], [])
    text, values = restrict(
        parse_select("SELECT count(*) FROM accounts WHERE region = 'EMEA' OR tier = 'gold'", COLUMNS), view
    )
    assert store(world).execute(text, list(values)).fetchall() == [(0,)]


def test_the_key_tells_readers_of_different_rows_apart(catalog: Catalog) -> None:
    emea, amer = (view_of(REGIONAL, catalog, attributes={"regions": [one]}) for one in ("EMEA", "AMER"))
    again = view_of(REGIONAL, catalog, attributes={"regions": ["EMEA"], "name": "Somebody else"})
    assert emea.key != amer.key
    assert emea.key == again.key
