"""The dialog with the entities behind a mark, from which they are saved as a cohort to filter by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone
from core.errors import UserError
from notebooks import AskedPage
from services.behaviour import name_entities
from services.cohorts import save_cohort
from services.platform import Platform
from tenants.access import Permission, Principal

SHOWN_ENTITIES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Entities that can be opened: what they are, their keys, and the mark they are saved by."""

    title: str
    keys: Sequence[object]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOf:
    """Whose mark it is: the event model, the entity with its label, and the page with its choices.

    Without a page what is opened cannot be saved.
    """

    model: str
    entity: str
    label: str
    page: AskedPage | None = None
    params: Mapping[str, Sequence[str]] = field(default_factory=dict)


def open_entities(platform: Platform, principal: Principal, of: MarkOf, *sides: Behind) -> None:
    """A dialog with the entities behind a mark, for those who may see rows; several sides can be chosen from."""
    if not principal.can(Permission.DATA_READ):
        return

    @st.dialog(sides[0].title.replace("$", "\\$"), width="large")
    def show() -> None:
        chosen = 0
        if len(sides) > 1:
            chosen = st.segmented_control(
                "Who", range(len(sides)), default=0, format_func=lambda place: sides[place].title,
                label_visibility="collapsed", key="entities_side", required=True,
            )  # fmt: skip
        _show(platform, principal, of, sides[chosen or 0])

    show()


def _show(platform: Platform, principal: Principal, of: MarkOf, behind: Behind) -> None:
    keys = list(behind.keys)
    shown = keys[:SHOWN_ENTITIES]
    try:
        names = name_entities(platform, principal, of.model, of.entity, shown)
    except UserError as error:
        error_box(failure_of(error, what="Nobody to show"), key="entities")
        return
    more = f"The first {len(shown):,} of " if len(keys) > len(shown) else ""
    st.text(f"{more}{len(keys):,} {of.label.lower()}")
    rows = [{"Name": name, "Key": str(key)} for name, key in zip(names, shown, strict=True)]
    st.dataframe(rows, hide_index=True, row_height=32)
    left, right = st.columns([1, 3], vertical_alignment="top")
    lines = "\n".join(["key", *(f'"{str(key).replace(chr(34), chr(34) * 2)}"' for key in keys)])
    left.download_button(
        "CSV of all", data=lines.encode("utf-8-sig"), file_name="entities.csv", mime="text/csv",
        key="entities_csv", on_click="ignore",
    )  # fmt: skip
    if of.page is not None and behind.mark and principal.can(Permission.NOTEBOOK_WRITE):
        with right:
            _offer_cohort(platform, principal, of.page, of.params, behind)


def _offer_cohort(
    platform: Platform, principal: Principal, page: AskedPage, params: Mapping[str, Sequence[str]], behind: Behind
) -> None:
    with st.popover("Save as cohort", icon=":material/group_add:", key="entities_save"):
        st.caption("A name to filter by in Ask, dashboards, notebooks and here; counted anew for each reader.")
        title = st.text_input("Cohort", value=behind.title, key=f"entities_save_title_{behind.mark}", max_chars=80)
        if not st.button("Save", type="primary", key="entities_save_do"):
            return
        try:
            cohort = save_cohort(platform, principal, title, page, params, behind.mark)
        except UserError as error:
            error_box(failure_of(error, what="Not saved"), key="entities_save")
            return
        text = f"Filter by saved_segment = '{cohort.name}'."
        alert_box(Alert(title="Saved as a cohort", text=text, tone=Tone.GOOD), key="entities_saved")
