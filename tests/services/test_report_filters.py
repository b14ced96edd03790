"""What a report leaves out is told at its foot, in the words of the definitions."""

import json

import pytest
import yaml

from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import create_tenant
from services.platform import Platform
from services.reports import export_report
from tenants.access import Principal, operator
from tests.services.deliveries.conftest import AMOUNTS, orders

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region, label: Sales region}
  day: {type: time, column: day}
segments: {overseas: "region in ('APAC', 'EMEA')"}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, label: Order value, measure: value, unit: USD}}
"""
CELLS = """
notebook: review
title: Review
cells:
  - {name: all, kind: metric, metric: value, period: year, title: Everything}
  - {name: value, kind: metric, metric: value, period: year, title: Value abroad, where: "region != 'AMER'"}
  - {name: each, kind: table, metrics: [value], by: [region], period: year, title: Regions, where: "region != 'AMER'"}
  - {name: bars, kind: chart, chart: bar, metrics: [value], by: [region], period: year, title: Bars, where: "%s"}
"""


@pytest.fixture
def asking(platform: Platform) -> Principal:
    """The operator of a tenant with an order of each region."""
    made = operator(create_tenant(platform, slug="acme", name="Acme"))
    load_tables(platform, made, {"orders": orders(AMOUNTS)})
    apply_definitions(platform, made, {"orders.yaml": ORDERS})
    return made


def filters_of(platform: Platform, asking: Principal, where: str) -> str:
    save_notebooks(platform, asking, {"review": CELLS % where})
    exported = export_report(platform, asking, "review", "json")
    assert exported.problems == ()
    return str(json.loads(exported.content)["filters"])


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("region in ('APAC', 'EMEA')", "sales region is one of APAC and EMEA"),
        ("saved_segment = 'overseas'", "sales region is one of APAC and EMEA"),
        ("region like 'A%'", "sales region is like 'A%'"),
    ],
)
def test_each_filter_is_told_once_with_what_it_holds_for(
    platform: Platform, asking: Principal, where: str, words: str
) -> None:
    told = filters_of(platform, asking, where)
    assert told == f"Value abroad, Regions: only where sales region is not AMER. Bars: only where {words}."


def test_a_report_without_filters_says_nothing_of_them(platform: Platform, asking: Principal) -> None:
    save_notebooks(platform, asking, {"review": REPORT_OF_ALL})
    assert json.loads(export_report(platform, asking, "review", "json").content)["filters"] == ""


REPORT_OF_ALL = "notebook: review\ntitle: Review\ncells: [{name: all, kind: metric, metric: value, period: year}]"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("WHERE o.region <> 'AMER' AND amount >= 10", "region is not AMER and amount is at least 10"),
        ("WHERE region = {{ area }}", "region is the chosen area"),
        ("WHERE amount > (SELECT avg(amount) FROM orders)", "amount > (SELECT AVG(amount) FROM orders)"),
        ("WHERE region = 'EMEA' GROUP BY ALL HAVING count(*) > 1", "region is EMEA, and of each group COUNT(*) > 1"),
    ],
)
def test_what_a_cell_of_sql_leaves_out_is_told_too(
    platform: Platform, asking: Principal, condition: str, words: str
) -> None:
    cells = [
        {"name": "area", "kind": "input", "type": "choice", "options": ["EMEA", "AMER"], "default": "EMEA"},
        {
            "name": "deals",
            "kind": "sql",
            "title": "Deals",
            "sql": f"SELECT region, amount FROM orders o {condition}",
        },
        {"name": "all", "kind": "sql", "sql": "SELECT count(*) AS n FROM orders"},
    ]
    document = {"notebook": "review", "title": "Review", "cells": cells}
    save_notebooks(platform, asking, {"review": yaml.safe_dump(document)})
    exported = export_report(platform, asking, "review", "json")
    assert exported.problems == ()
    assert json.loads(exported.content)["filters"] == f"Deals: only where {words}."
