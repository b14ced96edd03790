"""Which local files a source may read."""

from pathlib import Path

from connectors.contract import Reach
from core.errors import RefusedError


def require_allowed(path: Path, reach: Reach) -> Path:
    """The real path of a local file or folder that may be read. Raises RefusedError."""
    real = path.resolve()
    if reach.folders is not None and not any(real.is_relative_to(folder.resolve()) for folder in reach.folders):
        raise RefusedError(
            f"{path.name} lies in a folder of the server that sources may not read. The operator can allow the folder "
            "with PLUMBLINE_SOURCE_FOLDERS, or add the source with the plumbline command."
        )
    return real
