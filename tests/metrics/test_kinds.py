"""Every kind of metric the registry finds keeps to the same rules."""

from pathlib import Path

import pytest

from metrics import DefinitionError, load_catalog
from metrics import kinds as package
from metrics.kind import KINDS
from tests.metrics.small_store import TINY, as_files


def test_each_module_of_the_package_is_a_kind() -> None:
    folder = Path(package.__file__ or "").parent
    assert set(KINDS) == {path.stem for path in folder.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_inputs_is_one_or_more_problems_and_no_crash(kind: str) -> None:
    with pytest.raises(DefinitionError, match="metric n has no `"):
        load_catalog(as_files(TINY.replace("{kind: simple, measure: n}", f"{{kind: {kind}}}")))
