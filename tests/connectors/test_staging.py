"""Staging under bad circumstances: files that change, a full disk, an interrupt, little memory."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors import Progress, Stage, StillWrittenError, stage_files
from tests.connectors.conftest import Write
from tests.connectors.reading import only, values
from tests.connectors.workbooks import sheet_xml, write_workbook

ROOT = Path(__file__).resolve().parent.parent.parent


def run(script: str, *arguments: str) -> str:
    """What a script of its own process prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_progress_rises_to_the_end_and_names_the_files(write: Write, staging: Path) -> None:
    paths = [write("a.csv", "x,y\n" + "1,2\n" * 50_000), write("b.jsonl", '{"x": 1}\n' * 1_000)]
    told: list[Progress] = []
    stage_files(paths, staging, progress=told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert (shares[0] >= 0, shares[-1] <= 1) == (True, True)
    assert {progress.file for progress in told} == {"a.csv", "b.jsonl"}
    assert {progress.stage for progress in told} == set(Stage)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_a_file_that_grows_while_it_is_read_is_refused(write: Write, staging: Path, workbook: bytes, name: str) -> None:
    content = {"a.csv": b"x,y\n" + b"1,2\n" * 50_000, "a.jsonl": b'{"x": 1}\n' * 50_000, "a.xlsx": workbook}
    path = write(name, content[name])

    def grow(progress: Progress) -> None:
        if progress.stage is Stage.READING:
            with path.open("ab") as file:
                file.write(b"3,")

    with pytest.raises(StillWrittenError, match=r"still being written: it changed from [\d,]+ to [\d,]+ bytes"):
        stage_files([path], staging, progress=grow)
    assert list(staging.iterdir()) == []


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    """A workbook's bytes."""
    return write_workbook(tmp_path / "made.xlsx", {"S": sheet_xml([["a"], [1]])}).read_bytes()


def test_a_file_that_is_replaced_while_it_is_read_is_refused(write: Write, staging: Path) -> None:
    path = write("a.csv", "x,y\n1,2\n")

    def replace(progress: Progress) -> None:
        if progress.stage is Stage.READING:
            path.unlink()

    with pytest.raises(StillWrittenError, match="it was removed or replaced while it was read"):
        stage_files([path], staging, progress=replace)


def test_an_exception_from_the_listener_ends_the_import_and_leaves_nothing(write: Write, staging: Path) -> None:
    class Cancelled(Exception): ...

    def cancel(progress: Progress) -> None:
        if progress.stage is Stage.WRITING:
            raise Cancelled

    with pytest.raises(Cancelled):
        stage_files([write("a.csv", "x,y\n1,2\n")], staging, progress=cancel)
    assert list(staging.iterdir()) == []


FULL_DISK = """
import resource, sys
from pathlib import Path
from connectors import SourceError, stage_files
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
staging = Path(sys.argv[2])
try:
    stage_files([Path(sys.argv[1])], staging)
except SourceError as error:
    print(type(error).__name__, error.message, list(staging.iterdir()))
"""


@pytest.mark.parametrize("kind", ["text", "typed"])
def test_a_full_disk_is_told_and_leaves_nothing(write: Write, staging: Path, kind: str) -> None:
    path = write(f"a.{'csv' if kind == 'text' else 'parquet'}", b"")
    if kind == "text":
        path.write_text("x,y\n" + "".join(f"{number * 7919},{number}\n" for number in range(300_000)))
    else:
        # Packs to a few kilobytes this way, and to megabytes the way it is staged.
        table = pa.table({"x": pa.array(range(2_000_000), pa.int64())})
        pq.write_table(table, path, use_dictionary=False, column_encoding={"x": "DELTA_BINARY_PACKED"})
    told = run(FULL_DISK, str(path), str(staging))
    assert told.startswith("StagingFullError There is no room left to stage the files. Nothing was loaded.")
    assert told.rstrip().endswith("[]")


PEAK = """
import sys
from pathlib import Path
from connectors import stage_files
table = stage_files([Path(sys.argv[1])], Path(sys.argv[2])).tables[0]
# Not ru_maxrss: a child process begins with that of the process it was forked from.
[peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(table.rows, int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
def test_memory_stays_bounded_for_a_file_much_larger_than_its_share(tmp_path: Path, staging: Path) -> None:
    path = tmp_path / "big.csv"
    lines = [f'{n},user {n % 997},2017-01-{n % 28 + 1:02},{n / 7:.4f},"a, b {n}"\n' for n in range(100_000)]
    with path.open("w") as file:
        file.write("id,name,day,amount,note\n")
        for _ in range(20):
            file.writelines(lines)
    rows, peak_mib = map(int, run(PEAK, str(path), str(staging)).split())
    assert path.stat().st_size > 80 * 1024**2
    assert (rows, peak_mib < 1_024) == (2_000_000, True)


def test_the_row_order_of_the_file_is_kept(write: Write, staging: Path) -> None:
    numbers = [number * 7919 % 300_007 for number in range(300_000)]
    path = write("a.csv", "n,t\n" + "".join(f"{number},x\n" for number in numbers))
    assert values(only(stage_files([path], staging)), "n") == numbers
