"""What a first page will need, fetched while its visitor's browser still loads the page's own scripts.

Nothing is fetched before somebody comes, so that a server at rest is small and listens early.
"""

import threading
from collections.abc import Callable
from contextvars import copy_context

from core.errors import UserError
from services.platform import Platform
from tenants.access import Principal

# The browser has asked for the bundle by then; while it runs it, there is time for the rest.
_BUNDLE_S = 0.2
# By then Home is on the screen and being read: there is time for what other pages need.
_READING_S = 5.0


class Warming:
    """Starts each piece of work at most once, in the background, until `stop`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._begun: set[str] = set()
        self._under_way: set[threading.Timer] = set()
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way: a process must not end while a kernel is compiled."""
        with self._lock:
            self._stopping.set()
            under_way = list(self._under_way)
        for timer in under_way:
            timer.cancel()
            timer.join()

    def expect_signin(self, principal: Principal | None = None) -> None:
        """Somebody is at the door, perhaps known by their link: there is time until they have signed in."""
        self._begin("modules", _import_pages, after_s=0)
        if principal is not None:
            self._begin(principal.tenant.id, lambda: _open_tenant(self._platform, principal), after_s=0)

    def expect_page(self, principal: Principal) -> None:
        """A member is about to see a page: import what it is made of, open the tenant's store, read its definitions."""
        self._begin("modules", _import_pages)
        self._begin(principal.tenant.id, lambda: _open_tenant(self._platform, principal))

    def expect_home(self, principal: Principal) -> None:
        """A member is about to see Home: find its figures."""
        self._begin(f"home of {principal.member_id}", lambda: _find_figures(self._platform, principal))
        self._begin("kernels", lambda: _warm_kernels(self._stopping.is_set), after_s=_READING_S)

    def _begin(self, name: str, work: Callable[[], None], *, after_s: float = _BUNDLE_S) -> None:
        with self._lock:
            if name in self._begun or self._stopping.is_set():
                return
            self._begun.add(name)

            def finish() -> None:
                # Of work that is done only its name is kept, not what it was done for.
                try:
                    work()
                finally:
                    with self._lock:
                        self._under_way.discard(timer)

            # What is read is on record as of the visitor's request.
            timer = threading.Timer(after_s, copy_context().run, args=(finish,))
            timer.name, timer.daemon = f"warming {name}", True
            self._under_way.add(timer)
            timer.start()


def _import_pages() -> None:
    # What most visitors see first. The others are loaded when they are opened.
    import pages.home.page  # noqa: F401


def _open_tenant(platform: Platform, principal: Principal) -> None:
    from services.definitions import find_catalog

    try:
        find_catalog(platform, principal)
    except UserError:
        # The page asks for the same and shows the reason.
        return


def _warm_kernels(is_stopping: Callable[[], bool]) -> None:
    from metrics.behaviour import warm_kernels

    warm_kernels(is_stopping)


def _find_figures(platform: Platform, principal: Principal) -> None:
    from services.home import prepare_home

    try:
        prepare_home(platform, principal)
    except UserError:
        # As above.
        return
