"""Colours: placeholders for the screen, hex for paper, the same meaning in both."""

from streamlit.elements.lib import streamlit_plotly_theme as streamlit_theme

from charts import Chart, ChartKind, Role, Series
from charts.theme import PALETTE, assigned_roles, print_colours, print_theme, screen_theme


def test_the_placeholders_are_those_streamlit_replaces() -> None:
    theme = screen_theme()
    expected = [getattr(streamlit_theme, f"CATEGORY_{number}") for number in range(8)]
    assert [theme.colour(role) for role in PALETTE] == expected
    assert expected == [f"#00000{number}" for number in range(1, 9)]
    assert theme.colour(Role.GOOD) == streamlit_theme.CATEGORY_8 == "#000009"
    assert theme.colour(Role.BAD) == streamlit_theme.CATEGORY_9 == "#000010"
    assert (theme.ink, theme.background) == ("#000037", "#000038")


def test_alpha_is_two_more_digits_that_survive_the_replacement() -> None:
    assert screen_theme().colour(Role.MAIN, 0.14) == "#00000124"
    assert screen_theme().shade(0.1) == "#0000371a"


def test_context_is_ink_at_38_per_cent() -> None:
    assert screen_theme().colour(Role.CONTEXT) == "#00003761"
    assert print_theme().colour(Role.CONTEXT) == "#17181c61"


def test_the_print_palette_is_the_light_palette_of_the_design() -> None:
    assert [print_theme().colour(role) for role in PALETTE] == [
        *("#3a5fd9", "#bc5e01", "#169185", "#d75fa4", "#b28c22", "#693eb0", "#419bd6", "#5f6b7e"),
    ]
    assert print_colours()["good"] == "#0b6b43"


def test_every_role_has_a_colour_in_both_themes() -> None:
    for role in Role:
        assert screen_theme().colour(role).startswith("#0000")
        assert print_theme().colour(role).startswith("#")


def make(*roles: Role) -> Chart:
    series = tuple(Series(name=str(index), x=(1,), y=(1.0,), role=role) for index, role in enumerate(roles))
    return Chart(kind=ChartKind.LINE, title="", description="", series=series)


def test_series_without_roles_get_the_palette_and_a_ninth_is_context() -> None:
    roles = assigned_roles(make(*[Role.MAIN] * 9))
    assert roles == (*PALETTE, Role.CONTEXT)


def test_given_roles_are_kept() -> None:
    assert assigned_roles(make(Role.MAIN, Role.CONTEXT)) == (Role.MAIN, Role.CONTEXT)
