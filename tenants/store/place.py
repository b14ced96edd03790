"""Where a tenant's store is: one file, which another of the next generation can replace.

The metadata name the generation in force beside the key, and change both in one transaction. A file of another
generation is what a replacement that was killed left behind, or has not removed yet.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.secrets import Secret
from tenants.store.limits import StoreLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """Which file of a tenant is the store, its key, the folder it is in, and what it may use."""

    generation: int
    key: Secret
    folder: Path
    limits: StoreLimits


def bytes_stored(folder: Path) -> int:
    """The size of everything a tenant's store keeps on the disk."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0


def store_path(folder: Path, generation: int) -> Path:
    """The file of a generation. Raises StoreFault when it is gone although another generation's is there."""
    path = folder / _name(generation)
    others = sorted(file.name for file in folder.glob("store*.duckdb"))
    if others and not path.exists():
        from tenants.store.errors import StoreFault

        raise StoreFault(
            f"The store {path} is gone, but {', '.join(others)} is beside it: metadata and stores are of different "
            "times. Nothing was changed. Put back copies of the same time, or restore a backup of the tenant."
        )
    return path


def next_place(folder: Path, generation: int) -> tuple[int, Path]:
    """The next generation after that one that no file has, and its file; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    generation += 1
    while (folder / _name(generation)).exists():
        generation += 1
    return generation, folder / _name(generation)


def remove_others(path: Path) -> None:
    """Remove the files of other generations than that of `path`, which must be the one in force."""
    for file in path.parent.glob("store*.duckdb*"):
        if file.name not in {path.name, f"{path.name}.wal"}:
            file.unlink(missing_ok=True)


def _name(generation: int) -> str:
    return "store.duckdb" if generation == 1 else f"store-{generation}.duckdb"


def region_unknown(region: str) -> UserError:
    """The error for a region that has no folder here."""
    from tenants.store.errors import StoreFault

    return StoreFault(
        f"This store belongs in the region {region!r}, for which PLUMBLINE_REGIONS names no folder. It was not opened."
    )


def region_left(region: str, folder: Path) -> UserError:
    """The error for a folder that leads out of its region's."""
    from tenants.store.errors import StoreFault

    where = f"the region {region!r}" if region else "the data folder"
    return StoreFault(f"{folder} leads out of {where}, where this store has to be. It was not opened.")


def sync_file(path: Path) -> None:
    """Have the disk keep what was written to a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
