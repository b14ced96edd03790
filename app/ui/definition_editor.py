"""The definition of a model: its text with all problems at their lines, what an edit collides with, and its history."""

import streamlit as st

from app.ui.badge import Badge
from app.ui.card import CardHeader, card, card_header
from app.ui.data_table import DataTable, TableColumn, data_table
from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone
from core.errors import ConflictError, UserError
from metrics import DefinitionError
from services.catalogue import difference, model_versions, save_model
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.documents import Document

_EDITOR_PX = 520


def draw_definition(platform: Platform, principal: Principal, model: str) -> None:
    """Draw the text, to edit where the member may, and its versions. Raises InvalidError for an unknown model."""
    versions = model_versions(platform, principal, model)
    if principal.can(Permission.DEFINITION_APPLY):
        _editor(platform, principal, model, versions)
    else:
        with card(key="model_text"):
            card_header(CardHeader(title=f"Version {versions[0].version}"), key="model_text")
            st.code(versions[0].text, language="yaml")
    _history(platform, principal, model, versions)


def _editor(platform: Platform, principal: Principal, model: str, versions: list[Document]) -> None:
    newest = versions[0]
    text_key, base_key = f"definition_{model}", f"definition_base_{model}"
    st.session_state.setdefault(base_key, newest.version)
    st.session_state.setdefault(text_key, newest.text)
    begun = next((one for one in versions if one.version == st.session_state[base_key]), None)
    if begun is None or st.session_state[text_key] == begun.text:
        # Nothing was typed yet, so the text follows what others save.
        _begin(model, newest)
    base = int(st.session_state[base_key])
    with card(key="model_text"):
        is_changed = st.session_state[text_key] != newest.text
        badge = Badge(text="Not saved yet", tone=Tone.WARN) if is_changed else Badge(text="In force", tone=Tone.GOOD)
        card_header(CardHeader(title=f"{model}.yaml, version {base}", badge=badge), key="model_text")
        st.text_area("Definition", key=text_key, height=_EDITOR_PX, label_visibility="collapsed")
        with st.container(horizontal=True):
            is_saving = st.button("Save", type="primary", key="definition_save")
            st.button("Take the version in force", key="definition_drop", on_click=_begin, args=(model, newest))
        note = st.session_state.pop(f"definition_note_{model}", "")
        if note:
            alert_box(
                Alert(title=note, text="It is in force on every page and report now.", tone=Tone.GOOD), key="note"
            )
        if is_saving or st.session_state.pop(f"definition_again_{model}", False):
            _save(platform, principal, model, str(st.session_state[text_key]), base)


def _save(platform: Platform, principal: Principal, model: str, text: str, base: int) -> None:
    try:
        version = save_model(platform, principal, model, text, based_on=base)
    except DefinitionError as error:
        _problems(error)
    except ConflictError as error:
        _conflict(platform, principal, model, text, error)
    except UserError as error:
        error_box(failure_of(error, what="Nothing was saved"), key="definition_failed")
    else:
        st.session_state[f"definition_base_{model}"] = version
        st.session_state[f"definition_note_{model}"] = f"Saved as version {version}"
        st.rerun()


def _problems(error: DefinitionError) -> None:
    count = len(error.problems)
    title = "1 problem; nothing was saved" if count == 1 else f"{count} problems; nothing was saved"
    alert_box(Alert(title=title, text="The version in force stays as it is.", tone=Tone.BAD), key="definition_problems")
    table = DataTable(
        caption=title,
        columns=(TableColumn(label="File"), TableColumn(label="Line", is_number=True), TableColumn(label="Problem")),
        rows=tuple((problem.file, str(problem.line), problem.message) for problem in error.problems),
    )
    data_table(table, key="definition_problems")


def _conflict(platform: Platform, principal: Principal, model: str, text: str, error: ConflictError) -> None:
    newest = model_versions(platform, principal, model)[0]
    alert_box(Alert(title="Somebody saved before you", text=error.message, tone=Tone.WARN), key="definition_conflict")
    theirs = f"version {newest.version} of {newest.created_by}"
    st.code(difference(newest.text, text, before=theirs, after="yours"), language="diff")

    def again() -> None:
        """Save on top of theirs, now that it was seen."""
        st.session_state[f"definition_base_{model}"] = newest.version
        st.session_state[f"definition_again_{model}"] = True

    st.button("Save mine over it", key="definition_over", on_click=again)


def _begin(model: str, version: Document) -> None:
    """Edit from a version that is in force."""
    st.session_state[f"definition_{model}"] = version.text
    st.session_state[f"definition_base_{model}"] = version.version


def _history(platform: Platform, principal: Principal, model: str, versions: list[Document]) -> None:
    with card(key="model_history"):
        header = CardHeader(title="History", subtitle="Choose a version to see what it changed", is_ruled=True)
        card_header(header, key="model_history")
        table = DataTable(
            caption=f"Versions of {model}",
            columns=tuple(TableColumn(label=label) for label in ("Version", "When", "Who", "What")),
            rows=tuple(_version_row(version, versions) for version in versions),
            row_acts=tuple(str(version.version) for version in versions),
        )
        act = data_table(table, key="model_history")
        chosen_key = f"definition_seen_{model}"
        if act is not None:
            st.session_state[chosen_key] = int(act)
        chosen = next((one for one in versions if one.version == st.session_state.get(chosen_key)), None)
        if chosen is not None:
            _version(platform, principal, model, chosen, versions)


def _version_row(version: Document, versions: list[Document]) -> tuple[str, ...]:
    before = next((one for one in versions if one.version < version.version), None)
    lines = difference(before.text if before else "", version.text, before="", after="").splitlines()[2:]
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    what = "Removed" if not version.text else f"{added} lines added, {removed} removed"
    when = f"{version.created_at:%Y-%m-%d %H:%M} UTC"
    return (f"Version {version.version}", when, version.created_by, what)


def _version(platform: Platform, principal: Principal, model: str, chosen: Document, versions: list[Document]) -> None:
    before = next((one for one in versions if one.version < chosen.version), None)
    title = f"version {before.version}" if before else "nothing"
    changed = difference(before.text if before else "", chosen.text, before=title, after=f"version {chosen.version}")
    st.code(changed or "No difference.", language="diff")
    is_newest = chosen.version == versions[0].version
    if is_newest or not chosen.text or not principal.can(Permission.DEFINITION_APPLY):
        return
    if st.button(f"Restore version {chosen.version}", key="definition_restore", icon=":material/history:"):
        try:
            version = save_model(platform, principal, model, chosen.text, based_on=versions[0].version)
        except UserError as error:
            error_box(failure_of(error, what="Nothing was restored"), key="definition_not_restored")
            return
        st.session_state.pop(f"definition_{model}", None)
        st.session_state[f"definition_base_{model}"] = version
        st.session_state[f"definition_note_{model}"] = f"Version {chosen.version} is restored as version {version}"
        st.rerun()
