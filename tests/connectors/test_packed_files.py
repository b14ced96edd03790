"""Files packed by gzip."""

import gzip

import pytest

from connectors import Limits, SourceLimitError, stage_files
from tests.connectors.conftest import Stage, Write
from tests.connectors.reading import only, refused, rows


def test_packed_text_is_read(stage: Stage) -> None:
    table = only(stage("deals.csv.gz", gzip.compress(b"a,b\n1,x\n2,y\n")))
    assert (table.name, rows(table)) == ("deals", [(1, "x"), (2, "y")])


def test_packed_json_lines_are_read(stage: Stage) -> None:
    table = only(stage("deals.jsonl.gz", gzip.compress(b'{"a": 1}\n') + gzip.compress(b'{"a": 2}\n')))
    assert (table.name, rows(table)) == ("deals", [(1,), (2,)])


def test_a_decompression_bomb_is_refused_early(write: Write) -> None:
    path = write("a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 50_000_000, compresslevel=9))
    error = refused([path], path.parent.parent / "staging", "expand to more than 200 times as much")
    assert isinstance(error, SourceLimitError)


def test_content_over_the_size_limit_is_refused(write: Write) -> None:
    lines = b"".join(b"%d,%d\n" % (number, number * number) for number in range(200_000))
    path = write("a.csv.gz", gzip.compress(b"a,b\n" + lines))
    with pytest.raises(SourceLimitError, match=r"expands to more than .* at most 1,000,000 are read"):
        stage_files([path], path.parent.parent / "staging", limits=Limits(max_expanded_bytes=1_000_000))


def test_a_truncated_file_is_refused(write: Write) -> None:
    lines = b"".join(b"%d,%d\n" % (number, number * number) for number in range(100_000))
    path = write("a.csv.gz", gzip.compress(b"a,b\n" + lines)[:-5_000])
    refused([path], path.parent.parent / "staging", "damaged or cut off")
