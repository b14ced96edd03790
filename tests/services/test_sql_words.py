"""What is offered while SQL is typed is what its writer may read."""

import pyarrow as pa
import pytest

from core.errors import ForbiddenError, RefusedError
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.sql import run_sql
from services.sql_words import list_sql_words
from tenants.access import Role, operator

POLICY = """
policy: north
roles: [analyst]
rows: [{table: sales, column: region, in: member.regions}]
"""


def test_tables_that_a_policy_hides_are_not_offered_and_the_offered_ones_can_be_read(platform: Platform) -> None:
    acme, other = (operator(create_tenant(platform, slug=slug, name=slug)) for slug in ("acme", "other"))
    load_tables(platform, acme, {"sales": pa.table({"region": ["North"]}), "salaries": pa.table({"amount": [1]})})
    load_tables(platform, other, {"secrets": pa.table({"word": ["x"]})})
    apply_policies(platform, acme, {"north.yaml": POLICY})
    analyst = add_member(
        platform, acme, email="ann@acme.example", name="Ann", role=Role.ANALYST, attributes={"regions": ["North"]}
    )
    assert dict(list_sql_words(platform, acme).tables) == {
        "salaries": {"amount": "BIGINT"},
        "sales": {"region": "VARCHAR"},
    }
    offered = list_sql_words(platform, analyst)
    assert "count" in offered.functions
    assert dict(offered.tables) == {"sales": {"region": "VARCHAR"}}
    assert run_sql(platform, analyst, "SELECT region FROM sales").table.num_rows == 1
    with pytest.raises(RefusedError, match="no table 'salaries' in the store"):
        run_sql(platform, analyst, "SELECT amount FROM salaries")
    executive = add_member(platform, acme, email="eve@acme.example", name="Eve", role=Role.EXECUTIVE)
    with pytest.raises(ForbiddenError, match="sql:query"):
        list_sql_words(platform, executive)
