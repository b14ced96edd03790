"""What a first page will need, fetched while its visitor's browser still loads the page's own scripts.

Nothing is fetched before somebody comes, so that a server at rest is small and listens early.
"""

import threading
from collections.abc import Callable

from core.errors import UserError
from services.platform import Platform
from tenants.access import Principal


class Warming:
    """Starts each piece of work at most once, in the background."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._begun: set[str] = set()
        self._lock = threading.Lock()

    def expect_visitor(self) -> None:
        """Somebody is at the door: import what pages are made of."""
        self._begin("modules", _import_pages)

    def expect_page(self, principal: Principal) -> None:
        """A member is about to see a page: open the store of their tenant and read its definitions."""
        self._begin(principal.tenant.id, lambda: _open_tenant(self._platform, principal))

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        with self._lock:
            if name in self._begun:
                return
            self._begun.add(name)
        threading.Thread(target=work, name=f"warming {name}", daemon=True).start()


def _import_pages() -> None:
    import pages
    from core.registry import find_kinds

    find_kinds(pages)


def _open_tenant(platform: Platform, principal: Principal) -> None:
    from services.definitions import find_catalog

    try:
        find_catalog(platform, principal.tenant)
    except UserError:
        # The page asks for the same and shows the reason.
        return
