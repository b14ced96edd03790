"""Guessed keys and joins. All counts are made by hand."""

from pathlib import Path

from connectors import StagedImport, Unmatched, stage_files
from tests.connectors.conftest import Write


def staged(write: Write, **files: str) -> StagedImport:
    """Tables of these texts, with `;` for a line end."""
    paths = [write(f"{name}.csv", text.replace(";", "\n") + "\n") for name, text in files.items()]
    return stage_files(paths, paths[0].parent.parent / "staging")


def joins_of(found: StagedImport) -> list[str]:
    """The joins in short."""
    return [f"{join.from_table}.{join.from_column} -> {join.to_table}.{join.to_column}" for join in found.joins]


def test_a_unique_column_named_like_a_key_is_the_key(write: Write) -> None:
    found = staged(write, deals="name,deal_id,amount;x,7,10;y,8,10;z,9,20")
    assert (found.table("deals").key, found.table("deals").unique) == (("deal_id",), ("deal_id", "name"))


def test_two_columns_together_may_be_the_key(write: Write) -> None:
    found = staged(write, lines="order_id,product_id,quantity;1,1,5;1,2,5;2,1,5")
    assert found.table("lines").key == ("order_id", "product_id")


def test_amounts_are_no_key(write: Write) -> None:
    assert staged(write, lines="region,amount;West,1.5;West,2.5;East,3.5").table("lines").key == ()


def test_a_column_with_nulls_is_no_key(write: Write) -> None:
    assert staged(write, deals="deal_id,b;1,x;,x;3,x").table("deals").unique == ()


def test_a_join_counts_matched_unmatched_and_empty_rows(write: Write) -> None:
    deals = "deal_id,product;1,GTX Pro;2,GTXPro;3,GTXPro;4,;5,MG Special;6,zzz"
    (join,) = staged(write, deals=deals, products="product,price;GTX Pro,1;MG Special,2;GTX Plus,3").joins
    assert (join.matched_rows, join.unmatched_rows, join.null_rows, join.unmatched_values) == (2, 3, 1, 2)
    assert join.examples == (
        Unmatched(value="GTXPro", rows=2, nearest="GTX Pro"),
        Unmatched(value="zzz", rows=1, nearest=None),
    )
    assert join.sentence == (
        "3 rows of deals.product have no match in products.product: 'GTXPro' (nearest: 'GTX Pro'), 'zzz';"
        " 1 row of deals.product is empty."
    )


def test_account_id_points_to_the_id_of_accounts(write: Write) -> None:
    found = staged(write, deals="id,account_id;1,11;2,12;3,11", accounts="id,name;11,A;12,B;13,C")
    assert joins_of(found) == ["deals.account_id -> accounts.id"]
    assert found.joins[0].sentence == "Every row of deals.account_id has a match in accounts.id."


def test_ids_of_different_tables_are_not_joined(write: Write) -> None:
    assert joins_of(staged(write, deals="id,a;1,x;2,y", accounts="id,b;1,p;2,q")) == []


def test_small_numbers_under_other_names_are_not_joined(write: Write) -> None:
    assert joins_of(staged(write, deals="deal_id,stage;101,1;102,2;103,1", reps="rep_id,n;1,9;2,9;3,9")) == []


def test_names_alike_with_few_common_values_are_not_joined(write: Write) -> None:
    deals = "deal_id,product;1,a;2,b;3,c"
    assert joins_of(staged(write, deals=deals, products="product,price;a,1.5;x,2.5;y,3.5")) == []


def test_text_under_another_name_is_joined_when_nearly_all_is_found(write: Write) -> None:
    deals = "deal_id,owner;1,Ann;2,Bob;3,Cid;4,Ann"
    found = staged(write, deals=deals, reps="rep,office;Ann,W;Bob,E;Cid,W;Dan,E")
    assert joins_of(found) == ["deals.owner -> reps.rep"]


def test_a_column_may_point_into_its_own_table(write: Write) -> None:
    accounts = "account,parent;Acme,;Bolt,Acme;Cog,Bolt;Dyn,Cog;Eel,Acme"
    assert joins_of(staged(write, accounts=accounts)) == ["accounts.parent -> accounts.account"]


def test_two_unique_columns_are_joined_towards_the_larger_set(write: Write) -> None:
    found = staged(write, details="account_id,x;1,p;2,p", accounts="account_id,y;1,q;2,q;3,q")
    assert joins_of(found) == ["details.account_id -> accounts.account_id"]


def test_the_public_crm_reports_what_a_join_would_drop(shared_data: Path, staging: Path) -> None:
    folder = shared_data / "crm_maven"
    names = ["accounts", "products", "sales_pipeline", "sales_teams"]
    found = stage_files([folder / f"{name}.csv" for name in names], staging)
    assert [(table.name, table.rows, table.key) for table in found.tables] == [
        ("accounts", 85, ("account",)),
        ("products", 7, ("product",)),
        ("sales_pipeline", 8_800, ("opportunity_id",)),
        ("sales_teams", 35, ("sales_agent",)),
    ]
    joins = {(join.from_table, join.from_column): join for join in found.joins}
    product = joins["sales_pipeline", "product"]
    assert (product.to_table, product.to_column, product.matched_rows, product.unmatched_rows) == (
        "products", "product", 7_320, 1_480,
    )  # fmt: skip
    assert product.examples == (Unmatched(value="GTXPro", rows=1_480, nearest="GTX Pro"),)
    assert product.sentence == (
        "1,480 rows of sales_pipeline.product have no match in products.product: 'GTXPro' (nearest: 'GTX Pro')."
    )
    account = joins["sales_pipeline", "account"]
    assert account.sentence == (
        "1,425 rows of sales_pipeline.account are empty; the others have a match in accounts.account."
    )
    assert (account.matched_rows, account.unmatched_rows, account.null_rows) == (7_375, 0, 1_425)
    assert joins["sales_pipeline", "sales_agent"].matched_rows == 8_800
    pipeline = found.table("sales_pipeline")
    assert [pipeline.column(name).storage for name in ("engage_date", "close_date", "close_value")] == [
        "DATE", "DATE", "BIGINT",
    ]  # fmt: skip
    assert found.warnings == ()
