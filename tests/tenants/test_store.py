"""The store: encrypted, locked, limited, and changed by whole transactions only."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InvalidError, LimitError, RefusedError
from core.secrets import Secret, new_key
from tenants.store import LoadTable, StoreLimits
from tenants.store.connection import cipher_file, connect_with_cipher
from tenants.store.errors import ExtractGone, StoreBusy, StoreFault
from tenants.store.extract import Extract
from tenants.store.store import Store


def open_store(folder: Path, key: Secret, slug: str = "acme", **limits: float) -> Store:
    chosen = StoreLimits(**{"memory_mb": 128, "timeout_s": 60.0, **limits})  # type: ignore[arg-type]
    return Store(slug, folder / slug / "store.duckdb", key, staging=folder / "staging" / slug, limits=chosen)


def stage(store: Store, name: str, table: pa.Table) -> LoadTable:
    path = store.staging / f"{name}.parquet"
    pq.write_table(table, path)
    return LoadTable(name=name, parquet=path)


@pytest.fixture
def key() -> Secret:
    return new_key()


@pytest.fixture
def store(tmp_path: Path, key: Secret) -> Iterator[Store]:
    opened = open_store(tmp_path, key)
    yield opened
    opened.close()


def test_loaded_rows_come_back_with_the_watermark_of_their_load(store: Store) -> None:
    first = store.load([stage(store, "deals", pa.table({"id": [1, 2]}))])
    table, watermark = store.query("SELECT sum(id) AS total FROM deals WHERE id > $1", [1])
    assert table.to_pydict() == {"total": [2]}
    assert watermark.version == first.version == 1
    assert store.load([stage(store, "deals", pa.table({"id": [7]}))]).version == 2
    assert store.query("SELECT id FROM deals")[0].to_pydict() == {"id": [7]}


def test_nothing_is_changed_when_one_table_of_a_load_fails(store: Store) -> None:
    store.load([stage(store, "deals", pa.table({"id": [1]}))])
    broken = store.staging / "broken.parquet"
    broken.write_bytes(b"PAR1 this is no Parquet file")
    with pytest.raises((InvalidError, Exception), match=r"broken\.parquet|Parquet|parquet"):
        store.load([stage(store, "deals", pa.table({"id": [9]})), LoadTable(name="other", parquet=broken)])
    assert store.query("SELECT id FROM deals")[0].to_pydict() == {"id": [1]}
    assert store.watermark().version == 1
    assert set(store.schema()) == {"deals"}


def test_table_names_with_quotes_and_spaces_are_kept(store: Store) -> None:
    store.load([stage(store, 'odd "name" x', pa.table({"a b": ["é🙂"]}))])
    assert store.schema() == {'odd "name" x': {"a b": "VARCHAR"}}
    assert store.row_counts() == {'odd "name" x': 1}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "ATTACH '/tmp/other.duckdb'",
        "COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "SET threads = 8",
        "SET enable_external_access = true",
        "INSTALL spatial",
        "CREATE SECRET (TYPE s3)",
        "SELECT 1; SELECT 2",
        "DROP SCHEMA plumbline CASCADE",
        "CHECKPOINT",
    ],
)
def test_the_lock_refuses_files_settings_and_network(store: Store, sql: str) -> None:
    with pytest.raises((RefusedError, InvalidError)):
        store.query(sql)


def test_an_engine_of_a_store_loads_no_other_extension(tmp_path: Path) -> None:
    altered = tmp_path / "altered.duckdb_extension"
    content = bytearray(Path(cipher_file()).read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    connection = connect_with_cipher({})
    with pytest.raises(duckdb.Error, match="signature"):
        connection.execute(f"LOAD '{altered}'")
    with pytest.raises(duckdb.Error, match="Cannot change allow_unsigned_extensions"):
        connection.execute("SET allow_unsigned_extensions = true")
    connection.close()


def test_a_query_beyond_its_time_is_interrupted(tmp_path: Path, key: Secret) -> None:
    store = open_store(tmp_path, key, timeout_s=0.2)
    with pytest.raises(LimitError, match=r"stopped after 0\.2 s"):
        store.query("SELECT count(*) FROM range(1000000000000)")
    assert store.query("SELECT 1 AS one")[0].to_pydict() == {"one": [1]}
    store.close()


def test_a_query_beyond_its_memory_or_rows_is_refused(tmp_path: Path, key: Secret) -> None:
    store = open_store(tmp_path, key, memory_mb=64, max_rows=10)
    with pytest.raises(LimitError, match="memory"):
        store.query("SELECT list(range) FROM range(100000000)")
    with pytest.raises(LimitError, match="more than 10 rows"):
        store.query("SELECT * FROM range(11)")
    store.close()


def test_no_text_of_the_data_can_be_read_from_the_file(store: Store, tmp_path: Path) -> None:
    store.load([stage(store, "deals", pa.table({"name": ["plainly readable customer"] * 1000}))])
    store.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "acme").iterdir() if path.is_file())
    assert len(written) > 1000
    assert b"plainly readable" not in written


def test_another_key_opens_nothing_and_changes_nothing(tmp_path: Path, key: Secret) -> None:
    store = open_store(tmp_path, key)
    store.load([stage(store, "deals", pa.table({"id": [1]}))])
    store.close()
    before = (tmp_path / "acme" / "store.duckdb").read_bytes()
    with pytest.raises(StoreFault, match="another key"):
        open_store(tmp_path, new_key())
    assert (tmp_path / "acme" / "store.duckdb").read_bytes() == before
    again = open_store(tmp_path, key)
    assert again.row_counts() == {"deals": 1}
    again.close()


def test_a_damaged_file_says_so(tmp_path: Path, key: Secret) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "store.duckdb").write_bytes(os.urandom(20_000))
    with pytest.raises(StoreFault, match="acme"):
        open_store(tmp_path, key)


def test_one_tenants_store_knows_nothing_of_anothers(tmp_path: Path, key: Secret, store: Store) -> None:
    other = open_store(tmp_path, new_key(), slug="other")
    other.load([stage(other, "secrets", pa.table({"id": [1]}))])
    with pytest.raises(InvalidError, match="secrets"):
        store.query("SELECT * FROM secrets")
    path = str(other.staging / "secrets.parquet")
    with pytest.raises(RefusedError):
        store.query("SELECT * FROM read_parquet($1)", [path])
    other.close()


_HOLD = """
import sys
import threading
from pathlib import Path
from core.secrets import Secret
from tenants.store import LoadTable, StoreLimits
from tenants.store.store import Store
folder, key = Path(sys.argv[1]), Secret(bytes.fromhex(sys.argv[2]))
store = Store("acme", folder / "acme/store.duckdb", key, staging=folder / "staging/acme", limits=StoreLimits())
cursor = store._shared.connection.cursor()
cursor.execute("USE store")
cursor.begin()
cursor.execute("CREATE OR REPLACE TABLE deals AS SELECT range AS id FROM range(100000)")
print("ready", flush=True)
sys.stdin.read()
"""


def _holder(folder: Path, key: Secret) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder), key.reveal().hex()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_kill_in_the_middle_of_a_load_leaves_the_store_as_before(tmp_path: Path, key: Secret) -> None:
    store = open_store(tmp_path, key)
    store.load([stage(store, "deals", pa.table({"id": [1, 2, 3]}))])
    store.close()
    process = _holder(tmp_path, key)
    with pytest.raises(StoreBusy, match="held by another process"):
        open_store(tmp_path, key)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = open_store(tmp_path, key)
    assert again.query("SELECT id FROM deals ORDER BY id")[0].to_pydict() == {"id": [1, 2, 3]}
    assert again.watermark().version == 1
    again.close()


def test_a_full_disk_leaves_the_store_as_before(tmp_path: Path, key: Secret) -> None:
    small = Path("/dev/shm") / f"plumbline-{os.getpid()}"  # noqa: S108
    script = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from core.errors import LimitError
from core.secrets import Secret
from tenants.store import LoadTable, StoreLimits
from tenants.store.store import Store
folder = Path(sys.argv[1])
store = Store("acme", folder / "store.duckdb", Secret(b"k" * 32), staging=folder / "staging", limits=StoreLimits())
pq.write_table(pa.table({"id": [1]}), folder / "staging/a.parquet")
store.load([LoadTable(name="deals", parquet=folder / "staging/a.parquet")])
import random
rows = [random.getrandbits(63) for _ in range(600_000)]
pq.write_table(pa.table({"id": rows}), folder / "staging/b.parquet")
# A file that cannot grow fails in the way a full disk does.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
try:
    store.load([LoadTable(name="deals", parquet=folder / "staging/b.parquet")])
except LimitError as error:
    print("refused:", error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
    root = Path(__file__).resolve().parents[2]
    try:
        small.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script, str(small)], capture_output=True, text=True, cwd=root, check=False
        )
        assert "refused: The disk is full" in done.stdout, done.stderr
        limits = StoreLimits()
        again = Store("acme", small / "store.duckdb", Secret(b"k" * 32), staging=small / "staging", limits=limits)
        assert again.query("SELECT id FROM deals")[0].to_pydict() == {"id": [1]}
        again.close()
    finally:
        shutil.rmtree(small, ignore_errors=True)


def test_who_loads_sees_the_new_version_at_once_however_many_ask_meanwhile(store: Store) -> None:
    is_over = threading.Event()
    seen: list[list[int]] = [[], []]

    def ask(versions: list[int]) -> None:
        while not is_over.is_set():
            versions.append(store.watermark().version)

    readers = [threading.Thread(target=ask, args=(versions,)) for versions in seen]
    for reader in readers:
        reader.start()
    for number in range(1, 21):
        loaded = store.load([stage(store, "numbers", pa.table({"number": [number]}))])
        assert store.watermark() == loaded
    raised = store.raise_watermark(100)
    assert store.watermark() == raised
    is_over.set()
    for reader in readers:
        reader.join()
    assert all(versions == sorted(versions) for versions in seen)
    assert store.rest()
    assert store.watermark() == raised


def test_every_answer_has_the_watermark_of_its_own_rows_while_others_load(store: Store) -> None:
    loads = 12
    store.load([stage(store, "deals", pa.table({"version": [1]}))])
    seen: list[tuple[int, int]] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            table, watermark = store.query("SELECT version FROM deals")
            seen.append((table.column(0)[0].as_py(), watermark.version))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for version in range(2, loads + 1):
            store.load([stage(store, "deals", pa.table({"version": [version]}))])
            seen.append((version, store.watermark().version))
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert [pair for pair in seen if pair[0] != pair[1]] == []


def test_an_extract_is_of_the_data_as_they_are_or_gone(store: Store) -> None:
    rows = 'SELECT version FROM "memory"."main"."kept"'
    extract = Extract(name="kept", rows="SELECT version FROM deals", totals=None, own_totals=rows)
    for version in (1, 2, 3):
        store.load([stage(store, "deals", pa.table({"version": [version]}))])
        assert store.extracts() == frozenset()
        with pytest.raises(ExtractGone, match="gone"):
            store.query("SELECT 1", extracts=["kept"])
        assert store.extract(extract)
        assert store.extracts() == {"kept"}
        table, watermark = store.query(rows, extracts=["kept"])
        assert (table.to_pydict(), watermark.version) == ({"version": [version]}, version)
