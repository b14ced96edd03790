"""The pages' own scripts: what the preload header names is there, and is answered for as Streamlit would."""

import re
from pathlib import Path

import streamlit

from app.bundle import _FOREVER, _NEEDED, preload_header
from tests.app.conftest import Running, sign_in

FOLDER = Path(streamlit.__file__).parent / "static"


def test_a_page_names_the_scripts_that_its_first_elements_need(app: Running) -> None:
    sign_in(app)
    page = app.client.get("/", headers={"accept": "text/html"})
    named = re.findall(r"</static/js/([^>]+)>; rel=modulepreload", page.headers["link"])
    assert sorted(name.rsplit(".", 2)[0] for name in named) == sorted(_NEEDED)
    for name in named:
        script = app.client.get(f"/static/js/{name}")
        assert script.status_code == 200
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        assert script.content == (FOLDER / "static" / "js" / name).read_bytes()
        assert "immutable" in script.headers["cache-control"]


def test_what_is_no_page_names_no_scripts(app: Running) -> None:
    sign_in(app)
    assert "link" not in app.client.get("/api/v1/me").headers
    assert preload_header()


def test_only_files_of_the_bundle_are_read(app: Running) -> None:
    sign_in(app)
    for path in ("/static/../index.html", "/static/js/..%2f..%2findex.html", "/static/js/no_such.js"):
        answer = app.client.get(path)
        assert "javascript" not in answer.headers.get("content-type", "")
        assert answer.headers.get("cache-control", "no-cache") != _FOREVER
