"""What takes longer than it may is stopped; what ended in time never is."""

import threading

from tenants.store.watchdog import Watchdog


def test_what_takes_too_long_is_stopped_once() -> None:
    stopped = threading.Event()
    calls: list[int] = []

    def stop() -> None:
        calls.append(1)
        stopped.set()

    with Watchdog().watch(0.01, stop):
        assert stopped.wait(30)
    assert calls == [1]


def test_a_later_one_with_less_time_is_stopped_while_the_first_goes_on() -> None:
    watchdog = Watchdog()
    first, second = threading.Event(), threading.Event()
    with watchdog.watch(3600, first.set), watchdog.watch(0.01, second.set):
        assert second.wait(30)
    assert not first.is_set()


def test_what_ended_is_not_stopped_although_others_are() -> None:
    watchdog = Watchdog()
    ended, other = threading.Event(), threading.Event()
    # While this thread has the lock, the other cannot stop anything, however slow the machine is.
    with watchdog._changed, watchdog.watch(0, ended.set):
        pass
    with watchdog.watch(0, other.set):
        assert other.wait(30)
    assert not ended.is_set()


def test_many_are_stopped_by_one_thread_that_ends_when_nothing_is_watched() -> None:
    watchdog = Watchdog(idle_s=0.01)
    stoppers: set[str] = set()
    events = [threading.Event() for _ in range(50)]

    def run(event: threading.Event) -> None:
        def stop() -> None:
            stoppers.add(threading.current_thread().name)
            event.set()

        with watchdog.watch(0.02, stop):
            event.wait(30)

    threads = [threading.Thread(target=run, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(event.is_set() for event in events)
    assert len(stoppers) >= 1
    assert stoppers == {"watchdog"}


def test_it_watches_again_after_its_thread_has_ended() -> None:
    watchdog = Watchdog(idle_s=0.001)
    for _ in range(3):
        stopped = threading.Event()
        with watchdog.watch(0.001, stopped.set):
            assert stopped.wait(30)
        thread = watchdog._thread
        if thread is not None:
            thread.join(30)
            assert not thread.is_alive()
