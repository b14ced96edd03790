"""What a definition file may say: everything wrong is reported at once, with file and line."""

import pytest

from metrics import DefinitionError, Problem, load_catalog
from tests.metrics.small_store import as_files

SCHEMA = {
    "deals": {"id": "INTEGER", "rep": "VARCHAR", "value": "DECIMAL(18,2)", "closed": "DATE", "won": "BOOLEAN"},
    "reps": {"name": "VARCHAR", "team": "VARCHAR", "year": "INTEGER"},
}

DEALS = """
    model: deals
    table: deals
    key: id
    time: closed
    dimensions:
      rep: {}
      closed: {}
    measures:
      value: {agg: sum, sql: value}
    metrics:
      value: {kind: simple, measure: value}
"""

REPS = "{model: reps, table: reps, key: name, dimensions: {team: {}}}"


def problems_of(*models: str, schema: dict[str, dict[str, str]] | None = SCHEMA) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_catalog(as_files(*models), schema)
    return [str(problem) for problem in caught.value.problems]


def test_good_definitions_load_with_labels_made_from_names() -> None:
    catalog = load_catalog(as_files(DEALS, REPS), SCHEMA)
    metric = catalog.metric("value")
    assert (metric.label, metric.unit, metric.better, metric.owner, metric.model) == (
        "Value",
        None,
        "up",
        None,
        "deals",
    )
    assert [model.label for model in catalog.models.values()] == ["Deals", "Reps"]


def test_no_files_are_an_empty_catalogue() -> None:
    assert load_catalog({}).metrics == {}


def test_all_problems_of_all_files_come_at_once_in_order() -> None:
    broken = """
    model: reps
    table: reps
    key: nmae
    colour: red
    dimensions:
      team: {colum: team}
    measures:
      heads: {agg: summ, sql: name}
    metrics:
      heads: {kind: simple, measure: head}
      heads: {kind: simple, measure: heads}
    """
    with pytest.raises(DefinitionError, match="7 problems in the definitions") as caught:
        load_catalog({"b.yaml": as_files(broken)["model_1.yaml"], "a.yaml": "model: [x"}, SCHEMA)
    found = [(problem.file, problem.line) for problem in caught.value.problems]
    assert found == [("a.yaml", 1), *(("b.yaml", line) for line in (2, 5, 7, 9, 11, 12))]
    assert "b.yaml:5: model reps does not take `colour`" in caught.value.message
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "model_1.yaml:1: the file is empty"),
        ("# nothing", "model_1.yaml:1: the file is empty"),
        ("- a\n- b", "model_1.yaml:1: the file must be a mapping"),
        ("just text", "model_1.yaml:1: the file must be a mapping"),
        ("model: a\n  table: b", "model_1.yaml:2: not valid YAML"),
        ("model: a\ntable: 'b", "not valid YAML"),
        ("model: a\n---\nmodel: b", "not valid YAML: but found another document"),
        ("model: \x01", "not valid YAML"),
        ("[" * 100_000, "not valid YAML"),
        ("model: {a: b}", "model_1.yaml:1: `model` of the file must be plain text"),
        ("table: deals", "model_1.yaml:1: the file has no `model`: each file defines one model"),
        ("model: Big Deals", "model 'Big Deals' is badly named"),
        ("model: !!python/object/apply:os.system [ls]", "`model` of the file must be plain text"),
        ("model: !!python/name:os.system x", "has the tag tag:yaml.org,2002:python/name:os.system"),
        ("model: d\ntable: deals\nmodel: e", "model_1.yaml:3: the file: `model` is given twice (first on line 1)"),
        ("model: d\n? [a]\n: b\ntable: deals", "model_1.yaml:2: the file: a key must be plain text"),
    ],
)
def test_a_file_that_is_no_model_is_reported(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_catalog({"model_1.yaml": text}, SCHEMA)
    assert message in caught.value.message


def test_labels_that_yaml_takes_for_booleans_or_numbers_are_text() -> None:
    catalog = load_catalog(as_files("{model: d, table: deals, label: No, dimensions: {rep: {label: 2024}}}"), SCHEMA)
    assert catalog.models["d"].label == "No"
    assert catalog.models["d"].dimensions["rep"].label == "2024"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{model: d}", "model d needs either `table` or `sql`, and not both"),
        ("{model: d, table: deals, sql: SELECT 1}", "model d needs either `table` or `sql`, and not both"),
        ("{model: d, table: dels}", "there is no table 'dels' in the store. Did you mean deals?"),
        ("{model: d, table: '/etc/passwd'}", "is not a table of the store"),
        ("{model: d, table: deals, key: idd}", "`key` of model d: table deals has no column idd. Did you mean id?"),
        ("{model: d, table: deals, time: closed}", "`time` of model d: model d has no dimension closed"),
        ("{model: d, table: deals, time: rep, dimensions: {rep: {}}}", "rep is not a time dimension"),
        ("{model: d, table: deals, dimensions: {x: {}}}", "dimension x: table deals has no column x"),
        ("{model: d, table: deals, dimensions: {x: {column: rp}}}", "no column rp. Did you mean rep?"),
        ("{model: d, table: deals, dimensions: {x: {column: rep, sql: rep}}}", "needs either `column` or `sql`"),
        ("{model: d, table: deals, dimensions: {x: {sql: 'lower(rp)'}}}", "no column rp. Did you mean rep?"),
        (
            "{model: d, table: deals, dimensions: {x: {sql: 'rep +'}}}",
            "not understood as an expression: something is missing near '+'",
        ),
        ("{model: d, table: deals, dimensions: {x: {column: rep, type: tiem}}}", "is 'tiem'. Did you mean time?"),
        ("{model: d, table: deals, dimensions: {x: {column: rep, type: time}}}", "but its values are VARCHAR"),
        ("{model: d, table: deals, dimensions: {x: {column: closed, type: timestamp}}}", "its values are DATE"),
        ("{model: d, table: deals, dimensions: {period: {column: rep}}}", "a dimension cannot be named period"),
        ("{model: d, table: deals, dimensions: {Rep: {column: rep}}}", "dimension 'Rep' is badly named"),
        ("{model: d, table: deals, dimensions: [rep]}", "`dimensions` of model d must be a mapping"),
        ("{model: d, table: deals, measures: {m: {}}}", "measure m has no `agg`: one of average, count"),
        ("{model: d, table: deals, measures: {m: {agg: sum}}}", "measure m has no `sql`: the column or expression"),
        ("{model: d, table: deals, measures: {m: {agg: avg, sql: value}}}", "Allowed: average, count,"),
        ("{model: d, table: deals, measures: {m: {agg: sum, sql: rep}}}", "cannot take the sum of VARCHAR values"),
        ("{model: d, table: deals, measures: {m: {agg: sum, sql: sum(value)}}}", "the aggregate sum is not allowed"),
        ("{model: d, table: deals, measures: {m: {agg: count, where: value}}}", "must be true or false for each row"),
        (
            "{model: d, table: deals, measures: {m: {agg: count, where: 'valu > 1'}}}",
            "`where` of measure m: table deals",
        ),
        (
            "{model: d, table: deals, metrics: {m: {}}}",
            "metric m has no `kind`: one of conversion, cumulative, derived, rank, ratio, share, simple, snapshot",
        ),
        ("{model: d, table: deals, metrics: {m: {kind: simpel}}}", "is 'simpel'. Did you mean simple?"),
        ("{model: d, table: deals, metrics: {m: {kind: simple}}}", "metric m has no `measure`"),
        ("{model: d, table: deals, metrics: {m: {kind: simple, measure: x}}}", "model d has no measure x"),
        (
            "{model: d, table: deals, measures: {n: {agg: count}}, metrics: {period: {kind: simple, measure: n}}}",
            "a metric cannot be named period",
        ),
        ("{model: d, table: deals, joins: {to: reps}}", "`joins` of model d must be a list"),
        ("{model: d, table: deals, joins: [{to: reps}]}", "a join of model d has no `on`"),
        ("{model: d, table: deals, joins: [{to: rep, on: {rep: name}}]}", "no model rep"),
        ("{model: d, table: deals, joins: [{to: d, on: {id: id}}]}", "has the name of its own model"),
    ],
)
def test_one_thing_wrong_is_one_problem(line: str, message: str) -> None:
    (problem,) = problems_of(line)
    assert problem.startswith("model_1.yaml:1: ")
    assert message in problem


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("{kind: ratio, numerator: value}", "metric m has no `denominator`"),
        ("{kind: ratio, numerator: valu, denominator: value}", "no measure valu in model deals and no metric of that"),
        ("{kind: ratio, numerator: last, denominator: value}", "a ratio needs two numbers, not date over number"),
        ("{kind: simple, measure: value, decimals: many}", "must be a whole number from 0 to 12"),
        ("{kind: simple, measure: value, decimals: 99}", "must be a whole number from 0 to 12"),
        ("{kind: simple, measure: value, better: upp}", "Did you mean up?"),
        ("{kind: simple, measure: value, unit: '%'}", "write `ratio`"),
        ("{kind: simple, measure: value, unti: USD}", "metric m does not take `unti`. Did you mean unit?"),
        ("{kind: simple, measure: value, time: rep}", "`time` of metric m: rep is not a time dimension"),
        ("{kind: simple, measure: value, label: [a, b]}", "`label` of metric m must be plain text"),
    ],
)
def test_one_thing_wrong_in_a_metric_is_one_problem(metric: str, message: str) -> None:
    model = f"""
    model: deals
    table: deals
    time: closed
    dimensions: {{rep: {{}}, closed: {{}}}}
    measures:
      value: {{agg: sum, sql: value}}
      last: {{agg: max, sql: closed}}
    metrics:
      m: {metric}
    """
    (problem,) = problems_of(model)
    assert problem.startswith("model_1.yaml:10: ")
    assert message in problem


def test_names_are_unique_across_files() -> None:
    assert problems_of(DEALS, DEALS) == [
        "model_2.yaml:2: model deals is already defined in model_1.yaml, line 2; rename one of them",
        "model_2.yaml:12: metric value is already defined in model_1.yaml, line 12; rename one of them",
    ]


@pytest.mark.parametrize(
    ("key", "on", "message"),
    [
        (
            "name",
            "{rep: team}",
            "`on` leads to team, but the key of model reps is name; a join by less than the whole key",
        ),
        ("[name, year]", "{rep: name}", "but the key of model reps is name, year"),
        ("name", "{rep: name, id: year}", "`on` leads to name, year, but the key of model reps is name"),
        ("''", "{rep: name}", "model reps has no `key`, so a row here could match several rows there"),
        ("name", "{rap: name}", "table deals has no column rap. Did you mean rep?"),
        ("year", "{rep: year}", "rep is VARCHAR and year is INTEGER; a join needs equal types"),
    ],
)
def test_a_join_that_could_count_rows_twice_is_refused(key: str, on: str, message: str) -> None:
    reps = f"{{model: reps, table: reps, key: {key if key != chr(39) * 2 else '[]'}}}"
    deals = f"{{model: deals, table: deals, joins: [{{to: reps, on: {on}}}]}}"
    (problem,) = problems_of(deals, reps)
    assert problem.startswith("model_1.yaml:1: join reps: ")
    assert message in problem


def test_two_joins_of_one_name_are_refused() -> None:
    join = "{to: reps, on: {rep: name}}"
    (problem,) = problems_of(f"{{model: deals, table: deals, joins: [{join}, {join}]}}", REPS)
    assert "there are two joins named reps; give one of them another `name`" in problem


def test_metrics_made_of_each_other_are_refused_once() -> None:
    ratio = "kind: ratio, numerator: {0}, denominator: value"
    model = f"""
    model: deals
    table: deals
    measures: {{value: {{agg: sum, sql: value}}}}
    metrics:
      a: {{{ratio.format("b")}}}
      b: {{{ratio.format("c")}}}
      c: {{{ratio.format("a")}}}
      own: {{{ratio.format("own")}}}
      user: {{{ratio.format("a")}}}
    """
    assert problems_of(model) == [
        "model_1.yaml:6: metric a is made of itself: a -> b -> c -> a",
        "model_1.yaml:9: metric own is made of itself: own -> own",
    ]


def test_a_very_long_chain_of_metrics_is_refused() -> None:
    chain = "".join(f"  m{i}: {{kind: ratio, numerator: m{i + 1}, denominator: value}}\n" for i in range(2000))
    text = (
        "model: deals\ntable: deals\nmeasures: {value: {agg: sum, sql: value}}\nmetrics:\n"
        f"{chain}  m2000: {{kind: simple, measure: value}}\n"
    )
    with pytest.raises(DefinitionError, match="more than 20 deep"):
        load_catalog({"deals.yaml": text}, SCHEMA)


def test_types_come_from_the_store() -> None:
    model = """
    model: deals
    table: deals
    dimensions:
      rep: {}
      value: {}
      closed: {}
      won: {}
      id: {}
      big: {sql: "value > 100"}
      year: {sql: "year(closed)"}
      half: {sql: "id / 2"}
      initial: {sql: "CASE WHEN rep IS NULL THEN '?' ELSE left(rep, 1) END"}
      month: {sql: "CAST(date_trunc('month', closed) AS DATE)"}
    """
    dimensions = load_catalog(as_files(model), SCHEMA).models["deals"].dimensions
    assert {name: str(dimension.type) for name, dimension in dimensions.items()} == {
        "rep": "text",
        "value": "number",
        "closed": "date",
        "won": "boolean",
        "id": "integer",
        "big": "boolean",
        "year": "integer",
        "half": "number",
        "initial": "text",
        "month": "date",
    }
    assert [name for name, dimension in dimensions.items() if dimension.is_time] == ["closed", "month"]


def test_columns_are_found_whatever_their_case() -> None:
    catalog = load_catalog(as_files("{model: d, table: DEALS, key: ID, dimensions: {rep: {column: REP}}}"), SCHEMA)
    assert catalog.models["d"].dimensions["rep"].type == "text"


def test_without_a_schema_tables_and_columns_are_taken_on_trust() -> None:
    catalog = load_catalog(as_files("{model: d, table: anything, dimensions: {x: {}, t: {type: date}}, time: t}"))
    assert catalog.models["d"].dimensions["x"].type is None
    assert problems_of("{model: d, table: 'duckdb_settings'}", schema=None)


def test_the_list_in_the_message_is_cut_but_the_data_has_all() -> None:
    dimensions = ", ".join(f"d{number}: {{}}" for number in range(80))
    with pytest.raises(DefinitionError, match=r"(?s)80 problems.*and 30 more") as caught:
        load_catalog(as_files(f"{{model: d, table: deals, dimensions: {{{dimensions}}}}}"), SCHEMA)
    assert len(caught.value.problems) == 80
    assert len(list(caught.value.data["problems"])) == 80  # type: ignore[call-overload]
