"""Making and changing notebooks: each edit is applied to the newest version and saved as the next one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.names import suggestion
from notebooks import DescribeNotebook, Edit, Notebook, compare_notebooks, dump_notebook, parse_notebook
from services.folders import require_edit
from services.notebooks import parse, require_sql_right, require_version
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.audit import AuditAction, record_event
from tenants.documents import Document, DocumentKind, add_version, document_versions, find_document
from tenants.notebook_places import copy_place, require_place
from tenants.notebook_states import find_state, publish_version, set_favourite, set_trashed
from tenants.visible_notebooks import list_visible

_TRIES = 8
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
MAX_SLUG = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A saved edit: the notebook as it is now, its version, and the edit that takes it back."""

    notebook: Notebook
    version: int
    undo: Edit


def create_notebook(platform: Platform, principal: Principal, title: str, *, folder_id: str | None = None) -> Notebook:
    """A new notebook without cells, named after its title; a draft until it is published. Raises InvalidError."""
    empty, _ = DescribeNotebook(title=title, description="").apply(Notebook(name="new", title="new"))
    return add_notebook(platform, principal, empty, folder_id=folder_id)


@permitted(Permission.NOTEBOOK_WRITE)
def duplicate_notebook(platform: Platform, principal: Principal, name: str) -> Notebook:
    """A copy of a notebook as its writers see it, as a draft in the same place. Raises ForbiddenError."""
    notebook, _ = _require(platform, principal, name)
    copy = replace(notebook, title=f"{notebook.title[:280]} (copy)")
    return add_notebook(platform, principal, copy, model=name)


@permitted(Permission.NOTEBOOK_WRITE)
def add_from_text(platform: Platform, principal: Principal, text: str, *, folder_id: str | None = None) -> Notebook:
    """A notebook from pasted YAML, as a draft under a name of its own. Raises NotebookError with every problem."""
    return add_notebook(platform, principal, parse_notebook(text, "the pasted text"), folder_id=folder_id)


def edit_notebook(platform: Platform, principal: Principal, name: str, edit: Edit) -> Edited:
    """Apply an edit to the newest version and save the next. Raises EditConflict, InvalidError, ForbiddenError."""
    undo: list[Edit] = []

    def change(notebook: Notebook) -> Notebook:
        changed, back = edit.apply(notebook)
        undo[:] = [back]
        return changed

    notebook, version = _change(platform, principal, name, change)
    return Edited(notebook=notebook, version=version, undo=undo[0])


@permitted(Permission.NOTEBOOK_WRITE)
def restore_version(platform: Platform, principal: Principal, name: str, version: int) -> Notebook:
    """Save an older version anew as the newest; what came between stays in the history. Raises ForbiddenError."""
    older, _ = _require(platform, principal, name, version)
    return _change(platform, principal, name, lambda _newest: older)[0]


@permitted(Permission.NOTEBOOK_WRITE)
def publish_notebook(platform: Platform, principal: Principal, name: str, version: int) -> None:
    """Show a version to readers; the one that was looked at, not one that somebody saved meanwhile."""
    _require(platform, principal, name, version)
    with platform.session() as session:
        publish_version(session, principal.tenant.id, name, version)
        record_event(
            session, AuditAction.NOTEBOOK_PUBLISHED, subject=name, principal=principal, data={"version": version}
        )


@permitted(Permission.NOTEBOOK_WRITE)
def trash_notebook(platform: Platform, principal: Principal, name: str, *, is_trashed: bool = True) -> None:
    """Put a notebook into the trash, where readers do not see it, or take it out. Raises ForbiddenError."""
    _require(platform, principal, name, is_in_trash=not is_trashed)
    with platform.session() as session:
        set_trashed(session, principal, name, is_trashed=is_trashed)
        action = AuditAction.NOTEBOOK_TRASHED if is_trashed else AuditAction.NOTEBOOK_RESTORED
        record_event(session, action, subject=name, principal=principal)


@permitted(Permission.NOTEBOOK_READ)
def mark_favourite(platform: Platform, principal: Principal, name: str, *, is_favourite: bool) -> None:
    """Mark a notebook for the member alone, or take the mark away."""
    principal.require_own_hand()
    require_version(platform, principal, name)
    if principal.member_id is None:
        raise InvalidError("The operator has no favourites; sign in as a member.")
    with platform.session() as session:
        set_favourite(session, principal.member_id, name, is_favourite=is_favourite)


@permitted(Permission.NOTEBOOK_WRITE)
def add_notebook(
    platform: Platform,
    principal: Principal,
    notebook: Notebook,
    *,
    folder_id: str | None = None,
    model: str | None = None,
) -> Notebook:
    """Save a notebook under a name of its own made of its title, as a draft in a folder. Raises ForbiddenError.

    A copy lies where its `model` lies instead, for the same people.
    """
    require_sql_right(principal, notebook)
    for _ in range(_TRIES):
        try:
            with platform.session() as session:
                taken = dict(document_versions(session, principal.tenant.id, DocumentKind.NOTEBOOK))
                made = replace(notebook, name=_free_slug(notebook.title, taken))
                _place(session, principal, made.name, folder_id, model)
                add_version(session, principal, DocumentKind.NOTEBOOK, made.name, dump_notebook(made), 1)
                record_event(session, AuditAction.NOTEBOOK_SAVED, subject=made.name, principal=principal)
        except IntegrityError:
            # Somebody took the name between our look and our save.
            continue
        return made
    raise ConflictError("Others are making notebooks of this title at the same moment. Try again.")


def _place(session: Session, principal: Principal, name: str, folder_id: str | None, model: str | None) -> None:
    if model is not None:
        copy_place(session, principal.tenant.id, model, name)
    elif folder_id is not None:
        require_edit(session, principal, folder_id)
        require_place(session, principal.tenant.id, name).folder_id = folder_id


@permitted(Permission.NOTEBOOK_WRITE)
def _change(
    platform: Platform, principal: Principal, name: str, change: Callable[[Notebook], Notebook]
) -> tuple[Notebook, int]:
    for _ in range(_TRIES):
        notebook, document = _require(platform, principal, name)
        changed = change(notebook)
        if changed == notebook:
            return notebook, document.version
        require_sql_right(principal, changed, notebook)
        version = document.version + 1
        try:
            with platform.session() as session:
                add_version(session, principal, DocumentKind.NOTEBOOK, name, dump_notebook(changed), version)
                record_event(
                    session,
                    AuditAction.NOTEBOOK_SAVED,
                    subject=name,
                    principal=principal,
                    data={"version": version, "change": compare_notebooks(notebook, changed).sentence},
                )
        except IntegrityError:
            # Somebody saved this version between our look and our save: apply the change to theirs.
            continue
        return changed, version
    raise ConflictError("Others are saving this notebook at the same moment. Try again.")


def _require(
    platform: Platform, principal: Principal, name: str, version: int | None = None, *, is_in_trash: bool = False
) -> tuple[Notebook, Document]:
    """A version of a notebook that the principal may change. Raises ForbiddenError."""
    tenant = principal.tenant.id
    with platform.session() as session:
        level = level_of_notebook(session, principal, name)
        newest = find_document(session, tenant, DocumentKind.NOTEBOOK, name)
        state = find_state(session, tenant, name)
        if level < Level.EDIT or newest is None or (state.trashed_at is not None) != is_in_trash:
            names = [one.document.name for one in list_visible(session, principal)]
            raise ForbiddenError(
                f"You may read {name}, but not change it."
                if name in names
                else f"There is no notebook {name!r} here. {suggestion(name, names)}"
            )
        document = newest if version is None else find_document(session, tenant, DocumentKind.NOTEBOOK, name, version)
    if document is None:
        raise ForbiddenError(f"{name} has no version {version}.")
    return parse(document.text, f"{name}.yaml"), document


def _free_slug(title: str, taken: dict[str, int]) -> str:
    base = _NOT_SLUG.sub("-", title.lower()).strip("-")[:MAX_SLUG].strip("-") or "notebook"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
