"""The catalogue of metrics: what each means, where it comes from, who uses it, and the history of its definition."""

import datetime as dt
import difflib
from dataclasses import dataclass

from core.errors import InvalidError
from metrics import Catalog, Metric
from notebooks import Notebook, metrics_of
from services.definitions import apply_definitions, hidden_models, model_name, require_catalog
from services.notebooks import list_parsed
from services.permitted import permitted
from services.platform import Platform
from services.quality.doubts import doubted_metrics
from services.tables import TableFacts, list_tables
from tenants.access import Permission, Principal
from tenants.documents import Document, DocumentKind, list_versions

# The page shows this many versions of a definition.
MAX_VERSIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A model that a metric counts. `table` is None for a model over a SELECT, `source` empty where it is not known."""

    model: str
    label: str
    table: str | None
    source: str
    loaded_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A metric in the catalogue. `problem` is why it cannot be computed at present, empty where it can.

    `doubt` is why its data may be wrong. `made_of` and `part_of` are metrics, `notebooks` pairs of name and title.
    """

    metric: Metric
    problem: str
    doubt: str
    origins: tuple[Origin, ...]
    made_of: tuple[str, ...]
    part_of: tuple[str, ...]
    notebooks: tuple[tuple[str, str], ...]
    dimensions: tuple[str, ...]

    @property
    def uses(self) -> int:
        """How many notebooks and metrics use it."""
        return len(self.notebooks) + len(self.part_of)


@permitted(Permission.DEFINITION_READ)
def list_entries(platform: Platform, principal: Principal) -> dict[str, Entry]:
    """Every metric of the tenant by name, broken ones too."""
    catalog = require_catalog(platform, principal)
    tables = {}
    if principal.can(Permission.DATA_READ):
        tables = {table.name: table for table in list_tables(platform, principal)}
    loaded_at = platform.store(principal.tenant).watermark().loaded_at
    doubted = doubted_metrics(platform, principal)
    notebooks = list_parsed(platform, principal) if principal.can(Permission.NOTEBOOK_READ) else []
    return {
        name: _entry(catalog, metric, notebooks, tables, loaded_at, doubted.get(name, ""))
        for name, metric in sorted(_all_metrics(catalog).items(), key=lambda item: item[1].label)
    }


@permitted(Permission.DEFINITION_READ)
def model_versions(platform: Platform, principal: Principal, model: str) -> list[Document]:
    """The versions of a model's definition, the newest first, at most 200. Raises InvalidError without any."""
    with platform.session() as session:
        found = list_versions(session, principal.tenant.id, DocumentKind.DEFINITION, model, limit=MAX_VERSIONS)
    if not found or model in hidden_models(platform, principal):
        raise InvalidError(f"There is no definition of a model {model}.")
    return found


def save_model(platform: Platform, principal: Principal, model: str, text: str, *, based_on: int) -> int:
    """Put an edited definition in force; returns its version.

    Raises DefinitionError with every problem, ConflictError where somebody saved it since version `based_on`, and
    InvalidError where the text defines another model: then that one would be replaced unseen.
    """
    named = model_name(text, model)
    if named != model:
        raise InvalidError(f"The text defines model {named}, and you are editing {model}; keep the name.")
    apply_definitions(platform, principal, {f"{model}.yaml": text}, based_on={model: based_on})
    return model_versions(platform, principal, model)[0].version


def difference(old: str, new: str, *, before: str, after: str) -> str:
    """What changed between two texts, line by line; empty where they are equal."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), before, after, lineterm="")
    return "\n".join(lines)


def _all_metrics(catalog: Catalog) -> dict[str, Metric]:
    return {**catalog.defined, **catalog.metrics}


def _entry(
    catalog: Catalog,
    metric: Metric,
    notebooks: list[Notebook],
    tables: dict[str, TableFacts],
    loaded_at: dt.datetime | None,
    doubt: str,
) -> Entry:
    is_usable = metric.name in catalog.metrics
    models = catalog.models_of([metric.name]) if is_usable else ()
    everything = _all_metrics(catalog)
    return Entry(
        metric=metric,
        problem="" if is_usable else catalog.broken[metric.name].reason,
        doubt=doubt,
        origins=tuple(
            Origin(
                model=model.name,
                label=model.label,
                table=model.table,
                source=tables[model.table].source if model.table in tables else "",
                loaded_at=tables[model.table].loaded_at if model.table in tables else loaded_at,
            )
            for model in models
        ),
        made_of=tuple(dict.fromkeys(name for name in metric.inputs if name in everything)),
        part_of=tuple(name for name, other in everything.items() if metric.name in other.inputs and other != metric),
        notebooks=tuple((one.name, one.title) for one in notebooks if metric.name in metrics_of(one.cells)),
        dimensions=tuple(one.name for one in catalog.dimensions_of([metric.name])) if is_usable else (),
    )
