"""What every kind of score has to be."""

from pathlib import Path

import pytest

from services.scoring.kind import ScoreKind, score_kinds

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "scores.md").read_text()


@pytest.mark.parametrize("kind", score_kinds().values(), ids=str)
def test_a_kind_says_what_it_scores_and_is_documented(kind: ScoreKind) -> None:
    assert f"**`{kind.KIND}`" in DOCS
    assert kind.LABEL[0].isupper()
    assert kind.ENTITY in kind.ENTITIES
    assert kind.EVENT
    assert 1 <= kind.WITHIN <= 366
