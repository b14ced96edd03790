"""What changed from one version of a notebook to another: by cell, in words, and as the lines of the text."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from notebooks.document import Notebook
from notebooks.writer import dump_notebook, write_cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Names of cells that came, went, changed, and whether anything else did."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    is_reordered: bool
    is_described_anew: bool

    @property
    def sentence(self) -> str:
        """The whole in one line; "Nothing changed" where that is so."""
        parts = [
            f"{word} {_list(names)}"
            for word, names in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
            if names
        ]
        parts += ["moved cells"] if self.is_reordered else []
        parts += ["changed the title, description or layout"] if self.is_described_anew else []
        text = "; ".join(parts) or "nothing changed"
        return text[:1].upper() + text[1:]


def compare_notebooks(before: Notebook, after: Notebook) -> Comparison:
    """What changed from `before` to `after`."""
    old = {cell.name: cell for cell in before.cells}
    new = {cell.name: cell for cell in after.cells}
    kept = [name for name in old if name in new]
    return Comparison(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in kept if old[name] != new[name]),
        is_reordered=kept != [name for name in new if name in old],
        is_described_anew=(before.title, before.description, before.dashboard, before.report)
        != (after.title, after.description, after.dashboard, after.report),
    )


def diff_lines(before: Notebook, after: Notebook, *, names: tuple[str, str]) -> str:
    """The changed lines of the YAML text with three around them, as a unified diff; empty where nothing changed."""
    old, new = dump_notebook(before).splitlines(), dump_notebook(after).splitlines()
    return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


def changed_keys(before: object, after: object) -> Mapping[str, tuple[str, str]]:
    """The keys of a cell that differ, each with both values as text; a key that is not written is empty."""
    from notebooks.cell import Cell

    old = write_cell(before) if isinstance(before, Cell) else {}
    new = write_cell(after) if isinstance(after, Cell) else {}
    keys = dict.fromkeys((*old, *new))
    pairs = {key: (_shown(old.get(key)), _shown(new.get(key))) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
