"""The little Markdown of report texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.markdown import Bullets, Paragraph, Span, Title, parse_markdown, parse_spans


def plain(text: str) -> tuple[Span, ...]:
    return (Span(text=text),)


def test_empty_lines_part_paragraphs_and_single_breaks_do_not() -> None:
    assert parse_markdown("one\ntwo\n\nthree") == (
        Paragraph(spans=plain("one two")),
        Paragraph(spans=plain("three")),
    )


def test_headings_have_one_to_three_signs() -> None:
    assert parse_markdown("# One\n### Three ###\n#### four") == (
        Title(level=1, spans=plain("One")),
        Title(level=3, spans=plain("Three")),
        Paragraph(spans=plain("#### four")),
    )


def test_bullets_go_on_in_the_next_line() -> None:
    (bullets,) = parse_markdown("- one\n  more\n* two")
    assert bullets == Bullets(items=(plain("one more"), plain("two")))


def test_a_list_right_after_a_sentence_is_a_list() -> None:
    assert [type(element) for element in parse_markdown("Why:\n- one\n\nEnd.")] == [Paragraph, Bullets, Paragraph]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a **b** c", (Span(text="a "), Span(text="b", is_bold=True), Span(text=" c"))),
        ("*i* and _j_", (Span(text="i", is_italic=True), Span(text=" and "), Span(text="j", is_italic=True))),
        ("2 * 3 * 4", plain("2 * 3 * 4")),
        ("snake_case_name", plain("snake_case_name")),
        (r"\*not\* \_this\_", plain("*not* _this_")),
        ("**open", plain("**open")),
        ("[link](http://x)", plain("[link](http://x)")),
        ("<b>html</b>", plain("<b>html</b>")),
    ],
)
def test_styles_within_a_line(text: str, spans: tuple[Span, ...]) -> None:
    assert parse_spans(text) == spans


def test_many_open_signs_are_read_in_no_time() -> None:
    assert parse_spans("**a " * 20_000)


@given(text=st.text(alphabet="ab*_#-\\ \n<&", max_size=80))
def test_no_text_is_lost_but_its_signs(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(sign for sign in value if sign in "ab<&")

    spans: list[Span] = []
    for element in parse_markdown(text):
        groups = element.items if isinstance(element, Bullets) else (element.spans,)
        spans += [span for group in groups for span in group]
    assert letters("".join(span.text for span in spans)) == letters(text)
