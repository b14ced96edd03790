"""The filter language: what it takes, what it refuses and where, and that it writes what it reads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics import parse_filter
from metrics.filter import Compare, Comparison, Empty, Every, Filter, Like, Not, OneOf, Some, Within


def equal(dimension: str, value: str) -> Compare:
    return Compare(dimension=dimension, comparison=Comparison.EQUAL, value=value)


def test_text_stands_in_single_or_double_quotes() -> None:
    assert parse_filter('region = "West"') == parse_filter("region = 'West'") == equal("region", "West")


def test_a_quote_in_text_is_doubled() -> None:
    assert parse_filter("name = 'O''Brien'") == equal("name", "O'Brien")
    assert parse_filter('name = "6"" pipe"') == equal("name", '6" pipe')


def test_a_name_may_stand_in_double_quotes() -> None:
    assert parse_filter('"teams.region" = "West"') == equal("teams.region", "West")


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("-5", -5), ("2.50", Decimal("2.50")), ("TRUE", True), ("false", False)]
)
def test_numbers_and_booleans_stand_without_quotes(text: str, value: object) -> None:
    found = parse_filter(f"size >= {text}")
    assert isinstance(found, Compare)
    assert found.value == value
    assert type(found.value) is type(value)


def test_and_binds_more_tightly_than_or_and_not_most_tightly() -> None:
    found = parse_filter("a = '1' OR NOT b = '2' AND c = '3'")
    both = Every(conditions=(Not(condition=equal("b", "2")), equal("c", "3")))
    assert found == Some(conditions=(equal("a", "1"), both))


def test_parentheses_group() -> None:
    found = parse_filter("(a = '1' or b = '2') and c = '3'")
    assert found == Every(conditions=(Some(conditions=(equal("a", "1"), equal("b", "2"))), equal("c", "3")))


def test_every_operator_is_understood() -> None:
    assert parse_filter("a in ('x', 'y')") == OneOf(dimension="a", values=("x", "y"))
    assert parse_filter("a NOT IN (1)") == OneOf(dimension="a", values=(1,), is_negated=True)
    assert parse_filter("a like 'x%'") == Like(dimension="a", pattern="x%")
    assert parse_filter("a not like 'x%'") == Like(dimension="a", pattern="x%", is_negated=True)
    assert parse_filter("a between 1 and 2") == Within(dimension="a", low=1, high=2)
    assert parse_filter("a not between 1 and 2") == Within(dimension="a", low=1, high=2, is_negated=True)
    assert parse_filter("a is null") == Empty(dimension="a")
    assert parse_filter("a is not null") == Empty(dimension="a", is_negated=True)
    for sign, comparison in (("==", "="), ("<>", "!="), ("<", "<"), ("<=", "<="), (">", ">"), (">=", ">=")):
        assert parse_filter(f"a {sign} 1") == Compare(dimension="a", comparison=Comparison(comparison), value=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing at character 1, where the name of a dimension"),
        ("region", "nothing at character 7 behind region"),
        ("region = West", r"West at character 10.*put text in quotes: 'West'"),
        ("region = 'West", "quote at character 10 that is never closed"),
        ("lower(region) = 'west'", "calls lower, but functions are not allowed"),
        ("region = lower('x')", "lower at character 10, where a value should be"),
        ("region = (SELECT 1)", r"\( at character 10, where a value should be"),
        ("region IN (SELECT region FROM x)", "SELECT at character 12, where a value should be"),
        ("region::text = 'x'", "':' at character 7, which means nothing"),
        ("CAST(region AS text) = 'x'", "calls CAST, but functions"),
        ("region = 'a'; DROP TABLE x", "';' at character 13"),
        ("region = 'a' -- hidden", "- at character 14, where AND, OR or the end"),
        ("region = 'a' UNION SELECT 1", "UNION at character 14, where AND, OR or the end"),
        ("region = NULL", "write IS NULL"),
        ("region = $1", r"'\$' at character 10"),
        ("'West' = region", "'West' at character 1, where the name of a dimension"),
        ("region ILIKE 'w%'", "ILIKE at character 8 behind region"),
        ("region LIKE 5", "5 at character 13 behind LIKE"),
        ("(region = 'a'", r"nothing at character 14, where \) should be"),
        ("region = 'a')", r"\) at character 13 that was never opened"),
        ("size > 5x", "5x at character 8, which is not a number"),
        ("size BETWEEN 1 OR 2", "OR at character 16, where AND should be"),
        ("amount + 1 > 2", r"'\+' at character 8"),
        ("size > " + "9" * 39, "at most 38 digits"),
        ("NOT " * 60 + "a = 1", "nested more than 50 deep"),
        ("(" * 60 + "a = 1" + ")" * 60, "nested more than 50 deep"),
        ("a = 1 AND " * 11000 + "a = 1", "110,005 characters; at most 100,000"),
        ("a = '\x00'", "characters no text may have"),
    ],
)
def test_everything_else_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        parse_filter(text)


def test_an_unknown_dimension_names_the_nearest() -> None:
    with pytest.raises(InvalidError, match=r"no dimension regoin\. Did you mean region\?"):
        parse_filter("regoin = 'West'", known=["region", "sector"])


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z]{1,5})?", fullmatch=True).filter(
    lambda name: name not in {"and", "between", "false", "in", "is", "like", "not", "null", "or", "true"}
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBERS = st.integers(-(10**12), 10**12) | st.decimals(-1000, 1000, places=3)
VALUES = TEXTS | NUMBERS | st.booleans()
FLAGS = st.booleans()
CONDITIONS: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, dimension=NAMES, comparison=st.sampled_from(Comparison), value=VALUES),
    st.builds(OneOf, dimension=NAMES, values=st.lists(VALUES, min_size=1, max_size=4).map(tuple), is_negated=FLAGS),
    st.builds(Like, dimension=NAMES, pattern=TEXTS, is_negated=FLAGS),
    st.builds(Within, dimension=NAMES, low=VALUES, high=VALUES, is_negated=FLAGS),
    st.builds(Empty, dimension=NAMES, is_negated=FLAGS),
)


def combine(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    def parts(kind: type) -> st.SearchStrategy[tuple[Filter, ...]]:
        return st.lists(inner.filter(lambda part: not isinstance(part, kind)), min_size=2, max_size=3).map(tuple)

    return st.one_of(
        st.builds(Not, condition=inner),
        st.builds(Every, conditions=parts(Every)),
        st.builds(Some, conditions=parts(Some)),
    )


FILTERS = st.recursive(CONDITIONS, combine, max_leaves=8)


@given(FILTERS)
def test_what_is_written_reads_back_equal(filter_: Filter) -> None:
    assert parse_filter(str(filter_)) == filter_


WORDS = st.sampled_from(
    ["region", "'x'", '"y"', "(", ")", ",", "=", "<", "-", "5", "1.5", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE"]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        found = parse_filter(text)
    except InvalidError:
        return
    assert parse_filter(str(found)) == found
