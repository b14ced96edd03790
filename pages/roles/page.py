"""Roles and policies: what each role may do, which rows it sees, and what a member sees of each table."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.changing import draw_said, try_change
from app.ui.failure import failure_of
from app.ui.parts import (
    Alert,
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    ShareCell,
    Span,
    TableColumn,
    Tone,
    alert_box,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    page_head,
)
from services.explanation import explain_access
from services.platform import Platform
from services.policies import describe_policies, preview_member
from services.roles import RoleFacts, describe_roles, remove_role, save_role
from services.sharing import list_grants
from tenants.access import Permission, Principal

_NEW = "A new role"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    roles = describe_roles(platform, principal)
    own = [facts for facts in roles if not facts.role.is_built_in]
    yours = f", {len(own)} of them your own" if own else ""
    answer = (Span(f"{len(roles)} roles"), f" decide what members may do{yours}.")
    page_head(PageHead(answer=answer, cause="Policies decide which rows they see."), key="roles")
    draw_said()
    with card(key="roles"):
        subtitle = "A member with several roles may do what any of them allows"
        card_header(CardHeader(title="Roles", subtitle=subtitle, is_ruled=True), key="roles")
        data_table(_roles_table(roles), key="roles")
    if principal.can(Permission.POLICY_READ):
        _preview(platform, principal)
        _policies(platform, principal)
    if principal.can(Permission.FOLDER_MANAGE):
        _grants(platform, principal)
    _matrix(roles)
    if principal.can(Permission.ROLE_MANAGE):
        _editor(platform, principal, own)


def _roles_table(roles: Sequence[RoleFacts]) -> DataTable:
    return DataTable(
        caption="The roles, how many members have each, and how much it allows",
        columns=(
            TableColumn(label="Role"),
            TableColumn(label="Members", is_number=True),
            TableColumn(label="Permissions", is_number=True),
            TableColumn(label="What for"),
        ),
        rows=tuple(
            (
                facts.role.name,
                f"{facts.members:,}",
                ShareCell(
                    text=f"{len(facts.role.permissions)} of {len(Permission)}",
                    share=len(facts.role.permissions) / len(Permission),
                ),
                facts.role.description or "\u2014",
            )
            for facts in roles
        ),
    )


def _preview(platform: Platform, principal: Principal) -> None:
    with card(key="preview"):
        card_header(
            CardHeader(title="What a member sees", subtitle="Rows of each table, counted now", is_ruled=True),
            key="preview",
        )
        address = st.text_input("Address of the member", placeholder="name@example.com", key="preview_member")
        if not address.strip():
            empty_state(
                EmptyState(title="Whose eyes?", text="Give the address of a member.", icon="visibility"), key="eyes"
            )
            return
        try:
            preview = preview_member(platform, principal, address)
        except Exception as error:
            error_box(failure_of(error, what="There is nothing to preview"), key="preview")
            return
        st.text(f"{preview.name}: {preview.sentence}")
        if principal.can(Permission.MEMBER_VIEW_AS):
            _explain(platform, principal, address)
        rows = tuple(
            (
                one.table,
                ShareCell(text=f"{one.visible:,} of {one.rows:,}", share=one.visible / one.rows if one.rows else 0),
            )
            for one in preview.tables
        )
        columns = (TableColumn(label="Table"), TableColumn(label="Rows seen", is_number=True))
        data_table(DataTable(caption="Rows a member sees", columns=columns, rows=rows), key="preview")


def _explain(platform: Platform, principal: Principal, address: str) -> None:
    label, hint = "Why may they, or why not?", "a permission, a notebook's name or a table"
    what = st.text_input(label, placeholder=hint, key="explain_what")
    if not what.strip():
        return
    try:
        explained = explain_access(platform, principal, address, what)
    except Exception as error:
        error_box(failure_of(error, what="There is nothing to explain"), key="explain")
        return
    title, tone = ("They may", Tone.GOOD) if explained.is_allowed else ("They may not", Tone.WARN)
    icon = "check_circle" if explained.is_allowed else "block"
    alert_box(Alert(title=title, text=" ".join(explained.reasons), tone=tone, icon_name=icon), key="explained")


def _policies(platform: Platform, principal: Principal) -> None:
    with card(key="policies"):
        subtitle = "A role that no policy names sees every row; plumbline policy apply changes them"
        card_header(CardHeader(title="Policies in force", subtitle=subtitle, is_ruled=True), key="policies")
        policies = describe_policies(platform, principal)
        if not policies:
            empty_state(EmptyState(title="No policy is in force", text="Every role sees every row."), key="policies")
            return
        rows = tuple(
            (
                one.name,
                ", ".join(one.roles),
                one.rows or "all",
                one.columns or "as they are",
                one.description or "\u2014",
            )
            for one in policies
        )
        labels = ("Policy", "Roles", "Rows", "Columns", "What for")
        columns = tuple(TableColumn(label=label) for label in labels)
        data_table(DataTable(caption="The policies in force", columns=columns, rows=rows), key="policies")


def _grants(platform: Platform, principal: Principal) -> None:
    with card(key="grants"):
        subtitle = "What is not restricted is for everybody whose role may see it; Share, on the thing, says who"
        card_header(
            CardHeader(title="Shared folders, notebooks, models and sources", subtitle=subtitle, is_ruled=True),
            key="grants",
        )
        grants = list_grants(platform, principal)
        if not grants:
            empty_state(EmptyState(title="Nothing is shared by name", icon="folder_shared"), key="grants")
            return
        rows = tuple((one.name, one.kind, one.to, one.level) for one in grants)
        columns = tuple(TableColumn(label=label) for label in ("Name", "What", "To", "May"))
        data_table(DataTable(caption="Who is named on which thing", columns=columns, rows=rows), key="grants")


def _matrix(roles: Sequence[RoleFacts]) -> None:
    with card(key="matrix"):
        card_header(CardHeader(title="Permissions of each role", is_ruled=True), key="matrix")
        columns = (TableColumn(label="Permission"), *(TableColumn(label=facts.role.name) for facts in roles))
        rows = tuple(
            (permission.value, *("yes" if permission in facts.role.permissions else "\u2014" for facts in roles))
            for permission in Permission
        )
        data_table(DataTable(caption="Which role holds which permission", columns=columns, rows=rows), key="matrix")


def _editor(platform: Platform, principal: Principal, own: Sequence[RoleFacts]) -> None:
    with card(key="role_editor"):
        subtitle = "You can hand out only what you may do yourself"
        card_header(CardHeader(title="Your own roles", subtitle=subtitle), key="role_editor")
        by_name = {facts.role.name: facts.role for facts in own}
        chosen = st.selectbox("Role", [_NEW, *by_name], key="role_chosen")
        role = by_name.get(chosen)
        with st.form(f"role_{chosen}", border=False):
            name = chosen if role else st.text_input("Name", placeholder="auditor")
            description = st.text_input("What for", value=role.description if role else "")
            held = sorted(permission.value for permission in principal.permissions)
            known = sorted(permission.value for permission in role.permissions) if role else []
            permissions = st.multiselect("Permissions", sorted({*held, *known}), default=known)
            if st.form_submit_button("Save role", type="primary"):
                save = partial(save_role, name=name.strip(), description=description, permissions=permissions)
                try_change(lambda: save(platform, principal), f"The role {name} is saved")
        if role and st.button("Remove role", key="role_remove"):
            try_change(lambda: remove_role(platform, principal, role.name), f"The role {role.name} is removed")
