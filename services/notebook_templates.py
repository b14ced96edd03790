"""Notebooks from templates: what a tenant can have with one click, and the data-health notebook of its tables."""

from dataclasses import dataclass

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from metrics.event_rows import event_models
from metrics.guard import DIALECT
from notebooks import TEMPLATES, EventsFacts, Notebook, SqlCell, Stock, TextCell, Tile, build_template, can_build
from services.definitions import find_catalog
from services.notebook_asking import dimension_facts
from services.notebook_editing import add_notebook
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from tenants.access import Permission, Principal

DATA_HEALTH = "data-health"
_TITLE = "Data health"
_ABOUT = "Which tables there are, how many rows each has, and how far its dates reach."
_DATES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """A template on offer."""

    name: str
    title: str
    description: str


@permitted(Permission.NOTEBOOK_WRITE)
def list_templates(platform: Platform, principal: Principal) -> list[TemplateFacts]:
    """The templates that the tenant has enough metrics or tables for."""
    stock = _stock(platform, principal)
    found = [
        TemplateFacts(name=one.name, title=one.title, description=one.description)
        for one in TEMPLATES
        if can_build(one, stock)
    ]
    if principal.can(Permission.SQL_QUERY) and _tables(platform, principal):
        found.append(TemplateFacts(name=DATA_HEALTH, title=_TITLE, description=_ABOUT))
    return found


@permitted(Permission.NOTEBOOK_WRITE)
def create_from_template(
    platform: Platform, principal: Principal, name: str, *, folder_id: str | None = None
) -> Notebook:
    """Make the notebook of a template, as a draft. Raises RefusedError, InvalidError with the nearest name."""
    known = {one.name: one for one in TEMPLATES}
    if name == DATA_HEALTH:
        made = _data_health(_tables(platform, principal))
    elif name in known:
        made = build_template(known[name], _stock(platform, principal))
    else:
        raise InvalidError(f"There is no template {name!r}. {suggestion(name, [*known, DATA_HEALTH])}")
    return add_notebook(platform, principal, made, folder_id=folder_id)


def _stock(platform: Platform, principal: Principal) -> Stock:
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return Stock(metrics={})
    timed = [name for name in catalog.metrics if all(leaf.time is not None for leaf in catalog.leaves(name))]
    labels = {name: catalog.metric(name).label for name in timed}
    units = {name: unit for name in timed if (unit := catalog.metric(name).unit) is not None}
    events = {
        EventsFacts(model=name, label=model.label, entities=tuple(found.entities), steps=found.steps): found
        for name, model in event_models(catalog).items()
        if (found := model.events) is not None
    }
    return Stock(
        metrics=labels,
        units=units,
        dimensions=tuple(dimension_facts(catalog, timed)),
        funnels=tuple(facts for facts, found in events.items() if found.steps),
        cohorts=tuple(facts for facts, found in events.items() if found.start),
    )


def _tables(platform: Platform, principal: Principal) -> dict[str, dict[str, str]]:
    """The tables the principal sees, with their columns' types."""
    view = find_view(platform, principal)
    schema = platform.store(principal.tenant).schema()
    return {name: columns for name, columns in schema.items() if view is None or view.table(name) is not None}


def _data_health(tables: dict[str, dict[str, str]]) -> Notebook:
    if not tables:
        raise RefusedError("There are no tables yet; connect a source or import a file first.")
    counts = [_counted(name) for name in tables]
    dated = [_reach(name, column) for name, columns in tables.items() if (column := _first_date(columns))]
    cells = [SqlCell(name="rows", title="Rows by table", sql=_union(counts), limit=1_000)]
    if dated:
        cells.append(SqlCell(name="reach", title="First and last day by table", sql=_union(dated), limit=1_000))
    text = f"{_ABOUT} A table that ends early is one whose source has stopped."
    tiles = tuple(Tile(cell=cell.name, width=6) for cell in cells)
    return Notebook(
        name=DATA_HEALTH,
        title=_TITLE,
        description=_ABOUT,
        cells=(TextCell(name="intro", text=text), *cells),
        dashboard=tiles,
    )


def _counted(table: str) -> exp.Select:
    return exp.select(_named(table), exp.alias_(exp.Count(this=exp.Star()), "rows")).from_(_quoted(table))


def _reach(table: str, column: str) -> exp.Select:
    day = exp.Cast(this=exp.column(column, quoted=True), to=exp.DataType.build("date"))
    return exp.select(
        _named(table),
        exp.alias_(exp.Literal.string(column), "column"),
        exp.alias_(exp.Min(this=day), "first_day"),
        exp.alias_(exp.Max(this=day.copy()), "last_day"),
    ).from_(_quoted(table))


def _named(table: str) -> exp.Expr:
    return exp.alias_(exp.Literal.string(table), "table_name")


def _quoted(table: str) -> exp.Table:
    return exp.to_table(table) if table.isidentifier() else exp.table_(table, quoted=True)


def _first_date(columns: dict[str, str]) -> str:
    return next((name for name, kind in columns.items() if kind.startswith(_DATES)), "")


def _union(parts: list[exp.Select]) -> str:
    return "\nUNION ALL ".join(part.sql(dialect=DIALECT) for part in parts) + "\nORDER BY 1"
