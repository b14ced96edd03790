"""Texts that grow without bound are refused by name; what people write every day is not."""

from textwrap import dedent

import pytest
from sqlglot import exp

from core.errors import RefusedError
from metrics import DefinitionError, load_catalog
from metrics.guard import parse_scalar, parse_select

DOUBLED = (
    "WITH a AS (SELECT {0} AS x FROM t), b AS (SELECT {1} AS x FROM a), c AS (SELECT {1} AS x FROM b) SELECT {1} FROM c"
)
EIGHT = " || ".join(["x"] * 8)


@pytest.mark.parametrize(
    "text",
    [
        "replace(replace(replace(replace(name, 'a', 'bbbbbb'), 'b', 'cccccc'), 'c', 'dddddd'), 'd', 'eeeeee')",
        "regexp_replace(regexp_replace(regexp_replace(name, '', 'twenty letters'), '', 'twelve signs'), '', 'ab')",
        " || ".join(["name"] * 300),
        "replace(name, 'a', name || name)",
    ],
)
def test_an_expression_that_makes_long_texts_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"the expression could make a text of [\d,]+ characters.*at most 65,536"):
        parse_scalar(text)


@pytest.mark.parametrize(
    "text",
    [
        DOUBLED.format("name", EIGHT),
        f"SELECT {EIGHT} AS y FROM (SELECT {EIGHT} AS x FROM (SELECT {EIGHT} AS x FROM t) AS a) AS b",
        f"SELECT 1 FROM t WHERE (SELECT max({' || '.join([EIGHT] * 40)}) FROM t) = 'a'",
        f"SELECT x FROM t UNION ALL SELECT {' || '.join([EIGHT] * 40)} FROM t",
    ],
)
def test_a_select_that_doubles_texts_again_and_again_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"the SELECT could make a text of [\d,]+ characters"):
        parse_select(text, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("replace(replace(replace(lower(trim(name)), 'gmbh', ''), '&', ' and '), '-', ' ')", ("name",)),
        ("concat_ws(', ', last, first, title) || ' <' || mail || '>'", ("first", "last", "mail", "title")),
    ],
)
def test_common_expressions_are_not_refused(text: str, names: tuple[str, ...]) -> None:
    assert tuple(sorted(parse_scalar(text).columns)) == names


@pytest.mark.parametrize(
    "text",
    [
        DOUBLED.format("first || ' ' || last", "x || '!'"),
        "SELECT region, string_agg(name || ' ' || city, ', ') FROM t GROUP BY 1",
    ],
)
def test_common_selects_are_not_refused(text: str) -> None:
    assert {table.name for table in parse_select(text, None).find_all(exp.Table)} >= {"t"}


def test_an_expression_over_a_select_that_doubles_texts_is_refused_when_it_is_defined() -> None:
    eight = " || ".join(["name"] * 16)
    text = f"""
        model: calls
        sql: SELECT {eight} AS name FROM calls
        dimensions: {{plain: {{column: name}}, long: {{sql: "{eight} || name"}}}}
    """
    with pytest.raises(DefinitionError, match=r"calls\.yaml:4: dimension long could make a text of 69,632 characters"):
        load_catalog({"calls.yaml": dedent(text)})


def test_nesting_is_judged_in_a_moment() -> None:
    text = "SELECT x FROM t"
    for number in range(25):
        text = f"SELECT x FROM ({text}) AS s{number}"
    assert len(list(parse_select(text, None).find_all(exp.Select))) == 26
