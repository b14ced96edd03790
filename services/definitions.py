"""Metric definitions of a tenant: check, put in force, hand out."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from metrics import Catalog, load_catalog
from services.permitted import permitted
from services.platform import Platform
from services.shown import find_hidden_data, show
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind, level_of_data
from tenants.access.grants import Level
from tenants.audit import AuditAction, record_event
from tenants.documents import (
    Document,
    DocumentKind,
    document_versions,
    list_documents,
    remove_documents,
    save_documents,
)
from tenants.tenant import Tenant

# Parsing YAML costs tens of milliseconds; a catalog is a pure function of the documents' and the data's versions.
# What a text says its model is, without reading the whole: the check reads it, with its limits.
_MODEL = re.compile(r"^model:[ \t]*['\"]?([A-Za-z0-9_]+)", re.MULTILINE)
_applying = threading.Lock()
_Version = tuple[int, tuple[tuple[str, int], ...]]
_catalogs: dict[str, tuple[_Version, Catalog]] = {}
_catalogs_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did, by model: new versions, removals, and those kept although no file has them."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


@permitted(Permission.DEFINITION_APPLY)
def apply_definitions(
    platform: Platform,
    principal: Principal,
    files: Mapping[str, str],
    *,
    prune: bool = False,
    based_on: Mapping[str, int] | None = None,
) -> Applied:
    """Check YAML texts by file name together with those in force, and save what changed.

    A file replaces the definition of the model it names; `prune` removes the models that no file names. `based_on` has
    the version of each model that an edit began with (0: there was none). Raises DefinitionError with all problems,
    ForbiddenError for a model that is not granted to the principal for editing, ConflictError where somebody saved a
    model since; then nothing is changed.
    """
    if not files:
        raise InvalidError("There is no .yaml or .yml file to apply.")
    schema, hidden = platform.store(principal.tenant).schema(), hidden_models(platform, principal)
    # Two that apply at once would each be checked without the other's.
    with _applying, platform.session() as session:
        in_force = list_documents(session, principal.tenant.id, DocumentKind.DEFINITION)
        _require_unchanged(session, principal.tenant, based_on or {})
        given = {model_name(text, file): file for file, text in files.items()}
        for name in given:
            if name in hidden or not _may_change(session, principal, name):
                raise ForbiddenError(f"There is no model {name!r} here that you may change.")
        others = {document.name: document.text for document in in_force if document.name not in given}
        pruned = [name for name in others if prune and name not in hidden and _may_change(session, principal, name)]
        staying = {name: text for name, text in others.items() if name not in pruned}
        kept = {f"{name}.yaml (in force)": text for name, text in staying.items()}
        load_catalog({**kept, **files}, schema)
        texts = {model: files[file] for model, file in given.items()}
        changed = save_documents(session, principal, DocumentKind.DEFINITION, texts)
        removed = tuple(pruned)
        remove_documents(session, principal, DocumentKind.DEFINITION, removed)
        record_event(
            session,
            AuditAction.DEFINITION_APPLIED,
            subject=", ".join((*changed, *removed)) or "nothing changed",
            principal=principal,
            data={"files": sorted(files), "removed": list(removed)},
        )
    return Applied(changed=changed, removed=removed, kept=tuple(name for name in staying if name not in hidden))


def _may_change(session: Session, principal: Principal, model: str) -> bool:
    return level_of_data(session, principal, DataKind.MODEL, model) >= Level.EDIT


def _require_unchanged(session: Session, tenant: Tenant, based_on: Mapping[str, int]) -> None:
    versions = dict(document_versions(session, tenant.id, DocumentKind.DEFINITION))
    for model, version in based_on.items():
        newest = versions.get(model, 0)
        if newest != version:
            raise ConflictError(
                f"Model {model} was saved by somebody else since you opened it: you began with version {version}, and"
                f" version {newest} is in force. Compare the two, then save again.",
                data={"model": model, "based_on": version, "in_force": newest},
            )


@permitted(Permission.DEFINITION_READ)
def export_definitions(platform: Platform, principal: Principal) -> list[Document]:
    """The definitions in force, as they were applied, of the models that are there for the principal."""
    hidden = hidden_models(platform, principal)
    with platform.session() as session:
        found = list_documents(session, principal.tenant.id, DocumentKind.DEFINITION)
    return [document for document in found if document.name not in hidden]


def hidden_models(platform: Platform, principal: Principal) -> frozenset[str]:
    """The names of the models that are not there for the principal."""
    with platform.session() as session:
        hidden = find_hidden_data(session, principal)
    if hidden is None:
        return frozenset()
    catalog = find_whole_catalog(platform, principal.tenant)
    return hidden.models if catalog is None else show(catalog, hidden).hidden_models


def find_catalog(platform: Platform, principal: Principal) -> Catalog | None:
    """What the principal may know of the catalogue in force; None where nothing was ever defined."""
    tenant = principal.tenant
    with platform.metadata.reading() as connection:
        versions = document_versions(connection, tenant.id, DocumentKind.DEFINITION)
        cohorts = document_versions(connection, tenant.id, DocumentKind.COHORT)
        hidden = find_hidden_data(connection, principal)
    catalog = _load(platform, tenant, versions)
    if catalog is not None and hidden is not None:
        catalog = show(catalog, hidden).catalog
    if catalog is None or not cohorts:
        return catalog
    # Who is in a cohort is found by questions that need the catalogue themselves.
    from services.cohort_catalog import add_cohorts

    return add_cohorts(platform, principal, catalog, cohorts)


def find_whole_catalog(platform: Platform, tenant: Tenant) -> Catalog | None:
    """The catalogue in force, whoever asks; what of it a member may know is for `find_catalog` to say."""
    with platform.metadata.reading() as connection:
        versions = document_versions(connection, tenant.id, DocumentKind.DEFINITION)
    return _load(platform, tenant, versions)


def _load(platform: Platform, tenant: Tenant, versions: tuple[tuple[str, int], ...]) -> Catalog | None:
    if not versions:
        return None
    store = platform.store(tenant)
    key = (store.watermark().version, versions)
    with _catalogs_lock:
        cached = _catalogs.get(tenant.id)
    if cached is not None and cached[0] == key:
        return cached[1]
    with platform.session() as session:
        documents = list_documents(session, tenant.id, DocumentKind.DEFINITION)
    texts = {f"{document.name}.yaml": document.text for document in documents}
    # A column that went with an import breaks the metrics that need it, not the others.
    catalog = load_catalog(texts, store.schema(), is_lenient=True)
    with _catalogs_lock:
        _catalogs[tenant.id] = (key, catalog)
    return catalog


def broken_metrics(platform: Platform, tenant: Tenant) -> dict[str, str]:
    """The metrics in force that cannot be computed on the data as it is, each with the reason."""
    catalog = find_whole_catalog(platform, tenant)
    return {} if catalog is None else {name: problem.reason for name, problem in catalog.broken.items()}


def require_catalog(platform: Platform, principal: Principal) -> Catalog:
    """What the principal may know of the catalogue in force. Raises InvalidError where nothing was ever defined."""
    catalog, tenant = find_catalog(platform, principal), principal.tenant
    if catalog is None:
        raise InvalidError(
            f"{tenant.name} has no metrics yet. Write a model in YAML (docs/metrics.md) and run "
            f"`plumbline metrics apply DIR --tenant {tenant.slug}`."
        )
    return catalog


def model_name(text: str, file: str) -> str:
    """The model a file defines; for a file too broken to tell, its own name, so that the check reports the problem."""
    found = _MODEL.search(text)
    return found[1] if found else file
