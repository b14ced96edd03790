"""KPI tiles in their states."""

import pytest

from app.ui.parts import (
    Change,
    Direction,
    KpiLoading,
    KpiTile,
    Span,
    Tone,
    empty_tile,
    failed_tile,
    refused_tile,
    render_tile,
)
from core.numbers import Figure

TILE = KpiTile(
    label="Win rate",
    value=Figure("23.8", "%"),
    act="metric:win_rate",
    change=Change(text="\u22124.1 pts", direction=Direction.WORSE),
    comparison="vs Q3",
    note=(Span("3.0 of 4.1 pts"), " come from EMEA."),
)


def test_tile_is_a_button_that_says_a_whole_sentence() -> None:
    assert TILE.spoken == (
        "Win rate: 23.8\u202f%, down 4.1 pts, worse, vs Q3. 3.0 of 4.1 pts come from EMEA. Open the definition."
    )
    assert f'data-act="metric:win_rate" aria-label="{TILE.spoken}"' in render_tile(TILE)


def test_tile_without_act_is_no_button() -> None:
    assert "<button" not in render_tile(KpiTile(label="Deals", value=Figure("12")))


def test_sign_of_a_change_becomes_an_arrow_and_a_hidden_word() -> None:
    html = render_tile(TILE)
    assert '<span aria-hidden="true">\u2193</span><span aria-hidden="true">4.1 pts</span>' in html
    assert '<span class="pl-sr">down 4.1 pts, worse</span>' in html


def test_falling_number_that_is_good_news_is_green() -> None:
    html = render_tile(
        KpiTile(
            label="Churn", value=Figure("2.1", "%"), change=Change(text="\u22120.4 pts", direction=Direction.BETTER)
        )
    )
    assert "pl-tint-good" in html
    assert "\u2193" in html


def test_change_of_nothing_has_no_arrow() -> None:
    assert Change(text="0.0 pts").arrow == ""
    assert Change(text="0.0 pts").spoken == "0.0 pts"


def test_stale_tile_keeps_its_value_and_says_how_old() -> None:
    html = render_tile(KpiTile(label="Rate", value=Figure("14.2", "%"), stale="9 h old"))
    assert "14.2" in html
    assert "9 h old" in html
    assert "pl-tint-warn" in html


def test_empty_tile_shows_no_number() -> None:
    html = render_tile(empty_tile("Trials", reason="No trial has been recorded since March."))
    assert "pl-value" not in html
    assert "No data yet" in html


def test_refused_tile_gives_the_reason() -> None:
    html = render_tile(refused_tile("Amount", title="Not shown: it would double-count", reason="Items multiply deals."))
    assert "Items multiply deals." in html


def test_failed_tile_gives_a_reference() -> None:
    tile = failed_tile("Amount", reason="It took too long.", reference="7F3K")
    assert tile.tone is Tone.BAD
    assert "Reference 7F3K" in render_tile(tile)


def test_loading_tile_is_marked_busy() -> None:
    assert 'aria-busy="true"' in render_tile(KpiLoading(label="Rate"))


@pytest.mark.parametrize("unit", ["", "M"])
def test_unit_follows_a_narrow_no_break_space(unit: str) -> None:
    html = render_tile(KpiTile(label="Rate", value=Figure("1.24", unit)))
    assert ("&#8239;M" in html) == bool(unit)
