"""The report face of a notebook: which cells stand in it, in which order, where pages begin, and on what paper."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebooks.document import Notebook


class Place(StrEnum):
    """Where a block stands: below the one before, at the beginning of a page, or not in the report."""

    BELOW = "below"
    PAGE = "page"
    HIDDEN = "hidden"


class PageLook(StrEnum):
    """What differs from upright A4 pages without a cover."""

    COVER = "cover"
    LANDSCAPE = "landscape"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBlock:
    """One cell in the report."""

    cell: str
    place: Place = Place.BELOW


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesign:
    """The blocks in their order, and the look of the pages."""

    blocks: tuple[ReportBlock, ...] = ()
    pages: frozenset[PageLook] = frozenset()


def design_of(notebook: "Notebook") -> ReportDesign:
    """The design with a block for each cell: without cells that have gone, and with new ones at the end."""
    names = [cell.name for cell in notebook.cells]
    known = [block for block in notebook.report.blocks if block.cell in names]
    listed = {block.cell for block in known}
    return replace(notebook.report, blocks=(*known, *(ReportBlock(cell=one) for one in names if one not in listed)))


def move_block(design: ReportDesign, cell: str, by: int) -> ReportDesign:
    """The design with a block some places further down, up where `by` is negative; never beyond the first and last."""
    blocks = list(design.blocks)
    index = next(place for place, block in enumerate(blocks) if block.cell == cell)
    block = blocks.pop(index)
    blocks.insert(min(max(index + by, 0), len(blocks)), block)
    return replace(design, blocks=tuple(blocks))


def place_block(design: ReportDesign, cell: str, place: Place) -> ReportDesign:
    """The design with another place for a block."""
    blocks = tuple(replace(block, place=place) if block.cell == cell else block for block in design.blocks)
    return replace(design, blocks=blocks)
