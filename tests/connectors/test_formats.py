"""What every file format must offer; runs over all that the registry finds."""

from pathlib import Path

import pytest

from connectors.kinds.files.formats import Format, all_formats, find_format, known_suffixes, stem
from tests.connectors.reading import refused


@pytest.mark.parametrize("found", all_formats().values(), ids=all_formats())
def test_a_format_names_itself_and_its_endings(found: Format) -> None:
    assert found.KIND.isidentifier()
    assert found.LABEL
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in found.SUFFIXES)


def test_no_ending_is_claimed_twice() -> None:
    claimed = [suffix for found in all_formats().values() for suffix in found.SUFFIXES]
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize("suffix", known_suffixes())
def test_every_ending_is_found_and_left_out_of_the_name(suffix: str) -> None:
    path = Path(f"Big.Deal{suffix.upper()}")
    assert (find_format(path) is not None, stem(path)) == (True, "Big.Deal")


@pytest.mark.parametrize("suffix", known_suffixes())
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 500], ids=["empty", "garbage"])
def test_every_format_refuses_empty_files_and_garbage(
    tmp_path: Path, staging: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    assert refused([path], staging, rf"^a\{suffix}").code == "source_malformed"
