"""A notebook being run for one member: cells in threads, what is known from before taken from memory."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from notebooks import Notebook, Running, Scope
from services.notebook_asking import PrincipalAsk, data_key, memory
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

# A page's cells keep the engine busy while others compile or draw; more at once would only take turns.
_workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="notebook")


@permitted(Permission.NOTEBOOK_READ)
def start_notebook(
    platform: Platform, principal: Principal, notebook: Notebook, scope: Scope, *, only: Collection[str] | None = None
) -> Running:
    """Begin to run what has changed, `only` some cells or all; each is taken when needed. Raises ForbiddenError."""
    asking = PrincipalAsk(platform, principal)
    cells = [cell for cell in notebook.cells if only is None or cell.name in only]
    return Running(
        notebook,
        asking,
        scope,
        memory=memory,
        data=data_key(platform, principal),
        submit=asking.prepared(_workers, cells, scope),
        only=only,
    )


def forget_cell(running: Running, name: str) -> None:
    """Have a cell run again the next time, whatever is known of it."""
    memory.forget(running.keys[name])
