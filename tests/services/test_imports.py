"""Files that come through a page."""

import io
from pathlib import Path

import pytest

from core.errors import InvalidError
from core.settings import Settings
from services.imports import import_uploads
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import operator

ROW = b"id,x\n1,2\n"


def test_two_uploads_of_one_name_are_refused_and_none_is_lost_silently(platform: Platform) -> None:
    asking = operator(create_tenant(platform, slug="acme", name="Acme"))
    with pytest.raises(InvalidError, match=r"data\.csv"):
        import_uploads(platform, asking, [("data.csv", io.BytesIO(ROW)), ("data.csv", io.BytesIO(ROW + b"3,4\n"))])
    assert platform.store(asking.tenant).row_counts() == {}


@pytest.mark.parametrize(
    "name", ["../../data.csv", "C:\\folder\\data.csv", "x" * 300 + ".csv", "a\x00b\nc.csv", "é\ud800.csv"]
)
def test_a_hostile_file_name_stays_in_its_folder(platform: Platform, name: str) -> None:
    asking = operator(create_tenant(platform, slug="acme", name="Acme"))
    report = import_uploads(platform, asking, [(name, io.BytesIO(ROW))])
    assert len(platform.store(asking.tenant).row_counts()) == 1
    assert report["broken"] == {}
    assert not [path for path in platform.settings.staging_folder.rglob("*") if path.is_file()]


def test_a_folder_that_is_not_ours_keeps_what_is_in_it(tmp_path: Path) -> None:
    kept = tmp_path / "stores" / "staging" / "mine.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("keep me")
    Platform(Settings(data=tmp_path)).close()
    assert kept.read_text() == "keep me"
