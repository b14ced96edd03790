"""Errors of sources: their tree, and that they tell where."""

from connectors import SourceError, StillWrittenError, TerminalSourceError, TransientSourceError
from connectors.errors import Place, malformed
from connectors.kinds.rest.paging import RowsMovedError
from core.errors import UserError


def test_every_error_is_either_transient_or_terminal() -> None:
    kinds = SourceError.__subclasses__()
    assert kinds == [TransientSourceError, TerminalSourceError]
    assert issubclass(SourceError, UserError)
    assert issubclass(StillWrittenError, TransientSourceError)


def test_every_error_has_a_code_of_its_own() -> None:
    tree: list[type[SourceError]] = [SourceError, *SourceError.__subclasses__()]
    tree += [child for kind in SourceError.__subclasses__() for child in kind.__subclasses__()]
    assert RowsMovedError in tree
    # What a kind keeps to itself is told as its parent.
    told = [kind for kind in tree if not kind.__name__.startswith("_")]
    assert len({kind.code for kind in told}) == len(told) == 12


def test_a_place_is_told_in_words_and_as_data() -> None:
    error = malformed(Place(file="a.csv", row=1_204, line=1_207, column="amount"), "too long.")
    assert error.message == "a.csv, row 1,204 (line 1,207), column amount: too long."
    assert error.data == {"file": "a.csv", "row": 1_204, "line": 1_207, "column": "amount"}
