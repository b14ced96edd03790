"""The plain HTML pages outside Streamlit."""

import re

from app.ui.configuration import APP
from app.ui.signin import ProblemView, SignInView, render_problem, render_signin

ASSETS = APP / "signin_assets"


def test_form_posts_email_password_and_where_to_go() -> None:
    html = render_signin(SignInView(next_path="/notebooks?id=1"))
    assert '<form method="post" action="/signin">' in html
    assert '<input type="hidden" name="next" value="/notebooks?id=1">' in html
    for name in ("email", "password"):
        assert f'name="{name}"' in html


def test_error_is_announced_and_the_email_is_kept() -> None:
    html = render_signin(SignInView(email="ann@acme.example", error="The email and password do not match."))
    assert 'role="alert"' in html
    assert 'value="ann@acme.example"' in html
    assert html.count('aria-describedby="error"') == 2


def test_page_without_error_has_no_alert() -> None:
    assert 'role="alert"' not in render_signin(SignInView())


def test_pages_need_no_script_and_no_inline_style() -> None:
    for html in (render_signin(SignInView(error="No.")), render_problem(ProblemView(title="T", what="W"))):
        assert "<script" not in html
        assert "<style" not in html
        assert " style=" not in html
        assert re.search(r"\son[a-z]+=", html) is None


def test_every_asset_is_shipped_and_nothing_comes_from_elsewhere() -> None:
    html = render_signin(SignInView())
    addresses = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert [address for address in addresses if not address.startswith("/signin/assets/")] == []
    assert [address for address in addresses if not (ASSETS / address.rsplit("/", 1)[1]).is_file()] == []
    assert "http" not in (ASSETS / "signin.css").read_text(encoding="utf-8")


def test_problem_says_what_to_do_and_the_reference() -> None:
    html = render_problem(ProblemView(title="Not found", what="No such page.", remedy="Go back.", reference="7F3K"))
    for text in ("<h1>Not found</h1>", "No such page.", "Go back.", "<code>7F3K</code>", 'href="/signin"'):
        assert text in html
