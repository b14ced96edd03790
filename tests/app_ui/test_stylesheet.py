"""The stylesheet stays small, complete and free of generated class names."""

import re

from app.ui.stylesheet import FOLDER, stylesheet
from app.ui.template import TEMPLATES

RULES = (FOLDER / "plumbline.css").read_text(encoding="utf-8")
OUTSIDE = {"outside.html", "signin.html", "problem.html"}
MARKUP = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html") if path.name not in OUTSIDE)


def test_stylesheet_has_fewer_than_150_lines() -> None:
    assert RULES.count("\n") < 150


def test_generated_classes_are_never_used() -> None:
    assert "st-emotion" not in stylesheet()


def test_every_colour_used_is_a_token() -> None:
    used = set(re.findall(r"var\((--pl-[a-z0-9-]+)\)", RULES + MARKUP))
    defined = set(re.findall(r"^ {2}(--pl-[a-z0-9-]+):", stylesheet(), flags=re.MULTILINE))
    assert used - defined == set()


def test_every_class_with_a_rule_is_in_a_template() -> None:
    families = {"pl-tint-", "pl-fill-", "pl-ink-", "pl-mark-", "pl-alert-", "pl-surface"}
    ruled = {
        name for name in re.findall(r"\.(pl-[a-z0-9-]+)", RULES) if not any(name.startswith(one) for one in families)
    }
    assert {name for name in ruled if name not in MARKUP} == set()


def test_braces_are_balanced() -> None:
    assert RULES.count("{") == RULES.count("}")


def test_stylesheet_holds_nothing_that_a_sanitiser_would_take_for_markup() -> None:
    assert "<" not in stylesheet()
