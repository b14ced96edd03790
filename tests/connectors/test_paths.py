"""Which files an import reads."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from connectors import UnreadableError, stage_files
from core.errors import InvalidError
from tests.connectors.conftest import Write
from tests.connectors.reading import only, refused

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_folder_gives_its_supported_files_in_order(write: Write, staging: Path) -> None:
    folder = write("b.csv", "x,y\n1,2\n").parent
    write("a.tsv", "x\ty\n1\t2\n")
    write(".hidden.csv", "x,y\n1,2\n")
    write("README.md", "# notes\n")
    write("notes.txt", "Just some words\nand more of them.\n")
    write("table.txt", "x;y\n1;2\n3;4\n")
    (folder / "inner").mkdir()
    staged = stage_files([folder], staging)
    assert [table.source for table in staged.tables] == ["a.tsv", "b.csv", "table.txt"]
    assert {skipped.file: skipped.reason for skipped in staged.skipped} == {
        "README.md": "this kind of file is not read",
        "inner": "a folder inside the folder is not read",
        "notes.txt": "no column separator was found in it",
    }


def test_the_same_file_is_read_once(write: Write, staging: Path) -> None:
    path = write("a.csv", "x,y\n1,2\n")
    assert len(stage_files([path, path.parent, path], staging).tables) == 1


def test_two_files_for_one_table_are_refused_by_name(write: Write, staging: Path) -> None:
    paths = [write("Sales Data.csv", "x,y\n1,2\n"), write("sales-data.tsv", "x\ty\n1\t2\n")]
    with pytest.raises(InvalidError, match=r"Both Sales Data\.csv and sales-data\.tsv would become .* sales_data"):
        stage_files(paths, staging)
    assert list(staging.iterdir()) == []


def test_a_table_may_be_named(write: Write, staging: Path) -> None:
    table = only(stage_files([write("a.csv", "x,y\n1,2\n")], staging, table="deals"))
    assert (table.name, table.path) == ("deals", staging / "deals.parquet")


def test_a_table_name_fits_one_file_only(write: Write, staging: Path) -> None:
    paths = [write("a.csv", "x,y\n1,2\n"), write("b.csv", "x,y\n1,2\n")]
    with pytest.raises(InvalidError, match="fits one file only, but there are 2"):
        stage_files(paths, staging, table="deals")


@pytest.mark.parametrize("name", ["", "My Deals", "Deals", "x" * 100, "../deals"])
def test_a_table_name_must_be_a_word(write: Write, staging: Path, name: str) -> None:
    with pytest.raises(InvalidError, match=r"The table name .* must be a short word"):
        stage_files([write("a.csv", "x,y\n1,2\n")], staging, table=name)


def test_no_path_is_refused(staging: Path) -> None:
    with pytest.raises(InvalidError, match="No file was given"):
        stage_files([], staging)


def test_a_staging_folder_in_use_is_refused_and_left_alone(write: Write, staging: Path) -> None:
    staging.mkdir()
    (staging / "other.parquet").touch()
    with pytest.raises(InvalidError, match="is not empty"):
        stage_files([write("a.csv", "x,y\n1,2\n")], staging)
    assert [path.name for path in staging.iterdir()] == ["other.parquet"]


def test_a_missing_file_is_refused(tmp_path: Path, staging: Path) -> None:
    refused([tmp_path / "none.csv"], staging, r"none\.csv: there is no such file")


def test_an_unknown_ending_is_refused_with_the_known_ones(write: Write, staging: Path) -> None:
    refused([write("a.docx", "x")], staging, r"Known endings: \.csv, \.csv\.gz, \.jsonl")


def test_a_folder_without_usable_files_is_refused(write: Write, staging: Path) -> None:
    refused([write("README.md", "x").parent], staging, "the folder has no file that can be read")


def test_a_folder_with_notes_only_is_refused(write: Write, staging: Path) -> None:
    refused([write("notes.txt", "Just words\n").parent], staging, "the folder has no file that holds a table")


def test_a_loop_of_links_is_refused(tmp_path: Path, staging: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    error = refused([tmp_path / "a.csv"], staging, "it cannot be opened")
    assert isinstance(error, UnreadableError)


def test_a_dangling_link_in_a_folder_is_refused(tmp_path: Path, write: Write, staging: Path) -> None:
    folder = write("a.csv", "x,y\n1,2\n").parent
    (folder / "b.csv").symlink_to(tmp_path / "gone.csv")
    refused([folder], staging, "1 of 2 files failed, so nothing was loaded")


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path, staging: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    refused([tmp_path / "a.csv"], staging, "it is not a regular file")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.jsonl"])
def test_a_file_without_permission_is_refused(name: str) -> None:
    script = (
        "import os, sys; from pathlib import Path; from connectors import SourceError, stage_files\n"
        "from connectors.kinds.files.formats import all_formats; all_formats(); import python_calamine\n"
        "os.geteuid() or (os.chdir('/'), os.setuid(65534))\n"
        "try: stage_files([Path(sys.argv[1])], Path(sys.argv[2]))\n"
        "except SourceError as error: print(error.message)\n"
    )
    # Not in the tests' own folder: nobody but its owner can look into that one.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder, name)
        path.write_text("x,y\n1,2\n")
        path.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), str(Path(folder, "staging"))],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert f"{name}: reading it is not permitted" in done.stdout
