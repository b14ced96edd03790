"""The contract of every kind of source that the registry finds."""

from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from pydantic import SecretStr

from connectors.contract import Batch, Reach, SourceConfig, SourceKind, StreamPlan, SyncMode, secret_fields
from connectors.registry import require_kind, source_kinds
from core.errors import InvalidError
from tests.sync.conftest import KINDS
from tests.sync.conftest import plant as plant
from tests.sync.plants import Plant, deal

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("name", source_kinds())
def test_a_kind_says_what_it_is_and_is_documented(name: str) -> None:
    kind = source_kinds()[name]
    assert cast(ModuleType, kind).__doc__
    assert kind.LABEL
    assert f"`{name}`" in (ROOT / "docs" / "sources.md").read_text()


@pytest.mark.parametrize("name", source_kinds())
def test_every_field_draws_itself_and_no_secret_is_printed(name: str) -> None:
    config = source_kinds()[name].Config
    for field, info in config.model_fields.items():
        assert info.title, field
        assert info.description, field
    for field in secret_fields(config):
        assert "hush-hush" not in repr(config.model_construct(None, **{field: SecretStr("hush-hush")}))


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(InvalidError, match="Did you mean files"):
        require_kind("file")


def opened(plant: Plant) -> tuple[SourceKind, SourceConfig]:
    kind = require_kind(plant.kind)
    return kind, kind.Config.model_validate(plant.values)


def plan_of(plant: Plant, mode: SyncMode | None = None) -> StreamPlan:
    chosen = mode or (SyncMode.INCREMENTAL if plant.can_follow else SyncMode.FULL)
    return StreamPlan(name=plant.stream, mode=chosen, key=(plant.key,), cursor_field=plant.cursor_field)


def ids_of(plant: Plant, batches: list[Batch]) -> list[int]:
    keys = [key for batch in batches if batch.rows is not None for key in batch.rows[plant.key].to_pylist()]
    return [plant.number(str(key)) for key in keys]


def test_a_source_is_checked_and_tells_its_streams(plant: Plant, tmp_path: Path) -> None:
    plant.put([deal(1)])
    kind, config = opened(plant)
    with kind.connect(config, Reach(work=tmp_path / "work", folders=None, is_operators=True)) as connection:
        assert connection.check() == connection.check()
        (stream,) = [one for one in connection.discover() if one.name == plant.stream]
    assert {plant.theirs(name) for name in plant.columns} <= set(stream.columns.names)
    if kind.CAPABILITIES.has_cursor:
        assert plant.cursor_field in stream.cursor_fields


def test_a_read_brings_every_row_once(plant: Plant, tmp_path: Path) -> None:
    plant.put([deal(number, minute=number // 7) for number in range(1, 351)])
    kind, config = opened(plant)
    with kind.connect(config, Reach(work=tmp_path / "work", folders=None, is_operators=True)) as connection:
        batches = list(connection.read(plan_of(plant), None))
        assert sorted(ids_of(plant, batches)) == list(range(1, 351))
        if kind.CAPABILITIES.has_keys:
            keys = [key for table in connection.read_keys(plan_of(plant)) for key in table[plant.key].to_pylist()]
            assert sorted(plant.number(str(key)) for key in keys) == list(range(1, 351))


def test_a_read_continues_behind_any_batch_and_a_finished_one_brings_what_is_new(plant: Plant, tmp_path: Path) -> None:
    plant.put([deal(number, minute=number // 7) for number in range(1, 351)])
    kind, config = opened(plant)
    if not kind.CAPABILITIES.has_cursor:
        reach = Reach(work=tmp_path / "work", folders=None, is_operators=True)
        with kind.connect(config, reach) as connection, pytest.raises(InvalidError, match="in full"):
            list(connection.read(plan_of(plant, SyncMode.INCREMENTAL), None))
        return
    with kind.connect(config, Reach(work=tmp_path / "work", folders=None, is_operators=True)) as connection:
        whole = list(connection.read(plan_of(plant), None))
        for number, batch in enumerate(whole[:-1], start=1):
            rest = list(connection.read(plan_of(plant), batch.cursor))
            assert sorted(ids_of(plant, whole[:number]) + ids_of(plant, rest)) == list(range(1, 351))
        plant.put([deal(1000, minute=500)])
        assert 1000 in ids_of(plant, list(connection.read(plan_of(plant), whole[-1].cursor)))


def test_the_kinds_are_those_that_are_tested() -> None:
    apis = {"google_sheets", "hubspot", "notion", "pipedrive", "rest", "salesforce", "stripe"}
    assert {"files", "sql", *apis} == set(source_kinds())
    assert KINDS
