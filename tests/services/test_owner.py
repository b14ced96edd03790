"""One process holds a data folder; others see who it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ConflictError, UserError
from services.owner import FolderLock, Owner


def test_the_second_holder_is_told_who_is_first(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    assert first.acquire()
    first.announce(Owner(pid=4711, port=8080, token="t"))
    second = FolderLock(tmp_path)
    assert not second.acquire()
    assert second.holder() == Owner(pid=4711, port=8080, token="t")
    with pytest.raises(ConflictError, match="process 4711"), FolderLock(tmp_path):
        pass
    first.release()
    assert second.acquire()
    second.release()


def test_what_a_server_announces_can_be_read_by_its_user_alone(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        assert (tmp_path / "owner.json").stat().st_mode & 0o777 == 0o600


def test_a_killed_holder_frees_the_folder(tmp_path: Path) -> None:
    code = "import os,sys; from pathlib import Path; from services.owner import FolderLock\n"
    code += "FolderLock(Path(sys.argv[1])).acquire(); os.kill(os.getpid(), 9)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, check=False).returncode == -9
    with FolderLock(tmp_path) as lock:
        assert lock.holder() is not None


def test_a_folder_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, where a folder should be")
    with pytest.raises(UserError, match=r"file/data cannot be used \(Not a directory\).*choose another --data"):
        FolderLock(tmp_path / "file" / "data").acquire()


def test_a_full_disk_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "owner.new").symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"cannot be used \(No space left on device\)"):
        FolderLock(tmp_path).acquire()
