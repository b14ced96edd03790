"""The pool of stores: each is opened once, and no tenant waits for the store of another."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.secrets import new_key
from tenants.store import StoreLimits, StorePlace, StorePool

_PATIENCE_S = 60.0


@pytest.fixture
def pool() -> Iterator[StorePool]:
    opened = StorePool(most_open=2)
    yield opened
    opened.close()


class _Gate:
    """Where a tenant's store is; whoever asks has arrived, and is told once the gate is open."""

    def __init__(self, folder: Path) -> None:
        self.place = StorePlace(generation=1, key=new_key(), folder=folder, limits=StoreLimits())
        self.arrived, self.opened = threading.Event(), threading.Event()
        self.asked = 0

    def __call__(self) -> StorePlace:
        self.asked += 1
        self.arrived.set()
        assert self.opened.wait(_PATIENCE_S), "nobody opened the gate"
        return self.place


def test_the_store_of_another_tenant_is_handed_out_while_one_is_opened(pool: StorePool, tmp_path: Path) -> None:
    slow, quick = _Gate(tmp_path / "slow"), _Gate(tmp_path / "quick")
    quick.opened.set()
    with ThreadPoolExecutor(3) as threads:
        try:
            waiting = [threads.submit(pool.get, "slow", "slow", slow) for _ in range(2)]
            assert slow.arrived.wait(_PATIENCE_S)
            other = threads.submit(pool.get, "quick", "quick", quick).result(_PATIENCE_S)
            assert other.row_counts() == {}
            assert not any(one.done() for one in waiting)
        finally:
            slow.opened.set()
        first, second = (one.result(_PATIENCE_S) for one in waiting)
    assert first is second
    assert (slow.asked, quick.asked) == (1, 1)


def test_a_store_that_cannot_be_opened_is_opened_by_the_next_who_asks(pool: StorePool, tmp_path: Path) -> None:
    def lost() -> StorePlace:
        raise LookupError("no place")

    gate = _Gate(tmp_path / "acme")
    gate.opened.set()
    with pytest.raises(LookupError, match="no place"):
        pool.get("acme", "acme", lost)
    assert pool.get("acme", "acme", gate).is_open


def test_a_pool_that_closes_waits_for_a_store_that_is_being_opened(pool: StorePool, tmp_path: Path) -> None:
    gate = _Gate(tmp_path / "acme")
    with ThreadPoolExecutor(2) as threads:
        try:
            opening = threads.submit(pool.get, "acme", "acme", gate)
            assert gate.arrived.wait(_PATIENCE_S)
            closing = threads.submit(pool.close)
        finally:
            gate.opened.set()
        store = opening.result(_PATIENCE_S)
        closing.result(_PATIENCE_S)
    assert not store.is_open
    assert pool.open_count == 0


def test_a_store_that_is_being_opened_again_does_not_hold_up_who_makes_room(pool: StorePool, tmp_path: Path) -> None:
    gate = _Gate(tmp_path / "acme")
    gate.opened.set()
    store = pool.get("acme", "acme", gate)
    with store._changing:
        assert not store.rest(is_waiting=False)
    assert store.rest(is_waiting=False)
