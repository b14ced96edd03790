"""Where a tenant's store is: one file, which another of the next generation can replace.

The metadata name the generation in force beside the key, and change both in one transaction. A file of another
generation is what a replacement that was killed left behind, or has not removed yet.
"""

from dataclasses import dataclass
from pathlib import Path

from core.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """Which file of a tenant is the store, and its key."""

    generation: int
    key: Secret


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
