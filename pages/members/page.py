"""Members: who is in the organisation, with which roles and attributes; invited, changed, deactivated, taken back."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from app.ui.age import age_text
from app.ui.changing import draw_said, try_change
from app.ui.context import own_cookie
from app.ui.failure import failure_of
from app.ui.parts import (
    Alert,
    Badge,
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    Span,
    TableColumn,
    Tone,
    alert_box,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    page_bar,
    page_head,
)
from app.ui.shell import open_anew
from core.errors import InvalidError
from services.members import (
    Invitation,
    MemberFacts,
    MemberState,
    change_attributes,
    change_roles,
    deactivate_member,
    describe_members,
    invite_again,
    invite_member,
    reactivate_member,
)
from services.platform import Platform
from services.roles import role_names
from services.view_as import begin_view_as
from tenants.access import Permission, Principal

_INVITATION = "members_invitation"
_SHOWN = 200
_BADGES = {
    MemberState.ACTIVE: Badge(text="Active", tone=Tone.GOOD, icon="check_circle"),
    MemberState.DEACTIVATED: Badge(text="Deactivated", tone=Tone.NEUTRAL, icon="block"),
    MemberState.INVITED: Badge(text="Invited", tone=Tone.INFO, icon="mail"),
}
_COLUMNS = ("Member", "Address", "Roles", "State", "Last seen", "Attributes")


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    members = describe_members(platform, principal)
    _head(members)
    bar = page_bar(key="members")
    with bar:
        words = st.text_input(
            "Search members", placeholder="Search members", label_visibility="collapsed", key="members_words"
        )
        if principal.can(Permission.MEMBER_ADD) and st.button("Invite a member", type="primary", key="members_invite"):
            _invite(platform, principal)
    _said()
    with card(key="members"):
        subtitle = "Choose a name to change roles and attributes"
        card_header(CardHeader(title="Members", subtitle=subtitle, is_ruled=True), key="members")
        found = [
            one for one in members if words.casefold() in f"{one.name} {one.email} {' '.join(one.roles)}".casefold()
        ]
        if not found:
            empty_state(EmptyState(title="Nobody fits", text="Change the search."), key="members")
            return
        chosen = data_table(_table(platform, principal, found), key="members")
    member = next((one for one in members if one.id == chosen), None)
    if member is not None:
        _change(platform, principal, member)


def _head(members: Sequence[MemberFacts]) -> None:
    states = Counter(member.state for member in members)
    admins = sum("admin" in one.roles and one.state != MemberState.DEACTIVATED for one in members)
    more = f", {states[MemberState.INVITED]} invited" if states[MemberState.INVITED] else ""
    gone = f", {states[MemberState.DEACTIVATED]} deactivated" if states[MemberState.DEACTIVATED] else ""
    count = states[MemberState.ACTIVE]
    answer = (Span(f"{count} active {'member' if count == 1 else 'members'}"), f"{more}{gone}.")
    cause = "One is an administrator." if admins == 1 else f"{admins} are administrators."
    page_head(PageHead(answer=answer, cause=cause), key="members")


def _table(platform: Platform, principal: Principal, members: Sequence[MemberFacts]) -> DataTable:
    now = platform.clock()
    may_change = principal.can(Permission.MEMBER_MANAGE)
    shown = members[:_SHOWN]
    return DataTable(
        caption="The members, their roles, their state and when they were last seen",
        columns=tuple(TableColumn(label=label) for label in _COLUMNS),
        rows=tuple(
            (
                one.name + (" (you)" if one.id == principal.member_id else ""),
                one.email,
                ", ".join(one.roles),
                _BADGES[one.state],
                "never" if one.seen_at is None else f"{age_text(one.seen_at, now)} ago",
                "; ".join(attribute_lines(one)) or "\u2014",
            )
            for one in shown
        ),
        row_acts=tuple(one.id if may_change and one.id != principal.member_id else "" for one in shown),
        total_rows=len(members),
    )


def _said() -> None:
    draw_said()
    invitation: Invitation | None = st.session_state.get(_INVITATION)
    if invitation is None:
        return
    if invitation.is_sent:
        del st.session_state[_INVITATION]
        said = f"The invitation is on its way to {invitation.email}"
        alert_box(Alert(title=said, text="Its link works once.", tone=Tone.GOOD), key="members_sent")
        return
    with card(key="invitation"):
        if invitation.problem:
            alert_box(
                Alert(title="The mail was not taken", text=invitation.problem, tone=Tone.WARN), key="members_mail"
            )
        subtitle = "Send this text yourself. The link works once; it is shown here until you put it away."
        card_header(CardHeader(title=f"Invitation of {invitation.email}", subtitle=subtitle), key="invitation")
        st.code(f"Subject: {invitation.subject}\n\n{invitation.text}", language=None, wrap_lines=True)
        if st.button("Put away", key="members_put_away"):
            del st.session_state[_INVITATION]
            st.rerun()


@st.dialog("Invite a member")
def _invite(platform: Platform, principal: Principal) -> None:
    roles = role_names(platform, principal)
    with st.form("invite", border=False):
        email = st.text_input("E-mail address", placeholder="name@example.com")
        name = st.text_input("Name")
        role = st.selectbox("Role", roles, index=roles.index("executive"))
        by_mail = st.checkbox("Send it by mail", value=_can_mail(platform), disabled=not _can_mail(platform))
        if st.form_submit_button("Make the invitation", type="primary"):
            invite = partial(invite_member, email=email, name=name, role=role, by_mail=by_mail)
            try_change(partial(_keep_invitation, partial(invite, platform, principal)))


def _can_mail(platform: Platform) -> bool:
    return bool(platform.settings.smtp_host)


@st.dialog("Change a member")
def _change(platform: Platform, principal: Principal, member: MemberFacts) -> None:
    st.text(f"{member.name}, {member.email}")
    with st.form("change", border=False):
        known = role_names(platform, principal)
        roles = st.multiselect("Roles", known, default=[role for role in member.roles if role in known])
        text = st.text_area(
            "Attributes that row policies use, one a line",
            value="\n".join(attribute_lines(member)),
            placeholder="regions = EMEA, APAC",
        )
        if st.form_submit_button("Save", type="primary"):
            try_change(lambda: _save(platform, principal, member, roles, text), f"{member.email} is changed")
    if member.state is not MemberState.DEACTIVATED and principal.can(Permission.MEMBER_VIEW_AS):
        _view_as(platform, principal, member)
    left, right = st.columns(2)
    if member.state is MemberState.DEACTIVATED:
        if left.button("Take back", key="member_back"):
            try_change(partial(reactivate_member, platform, principal, member.id), f"{member.email} may sign in again")
        return
    if left.button("New sign-in link", key="member_link"):
        again = partial(invite_again, platform, principal, member.id, by_mail=_can_mail(platform))
        try_change(partial(_keep_invitation, again))
    if right.button("Deactivate", key="member_deactivate"):
        said = f"{member.email} is deactivated; every session of theirs has ended"
        try_change(partial(deactivate_member, platform, principal, member.id), said)


def _view_as(platform: Platform, principal: Principal, member: MemberFacts) -> None:
    st.caption("Look as they do: read only, for an hour, on record.")
    if st.button("Look as this member", icon=":material/visibility:", key="member_view_as"):
        try:
            begin_view_as(platform, principal, own_cookie(), member.email)
        except Exception as error:
            error_box(failure_of(error, what="You cannot look as this member"), key="members_view_as")
            return
        open_anew("/")


def _save(platform: Platform, principal: Principal, member: MemberFacts, roles: list[str], text: str) -> None:
    attributes = parse_attributes(text)
    if sorted(roles) != sorted(member.roles):
        change_roles(platform, principal, member.id, roles)
    if text.strip() != "\n".join(attribute_lines(member)):
        change_attributes(platform, principal, member.id, attributes)


def attribute_lines(member: MemberFacts) -> list[str]:
    """A member's attributes as they are typed: `regions = EMEA, APAC`."""
    return [
        f"{name} = {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
        for name, value in member.attributes.items()
    ]


def parse_attributes(text: str) -> dict[str, list[str]]:
    """Attributes from lines of `name = value, value`. Raises InvalidError naming the line.

    >>> parse_attributes("regions = EMEA, APAC")
    {'regions': ['EMEA', 'APAC']}
    """
    found: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, sign, values = line.partition("=")
        if not sign:
            raise InvalidError(f"Line {number} is {line.strip()!r}; write it as: regions = EMEA, APAC.")
        found[name.strip()] = [value.strip() for value in values.split(",")]
    return found


def _keep_invitation(invite: Callable[[], Invitation]) -> None:
    st.session_state[_INVITATION] = invite()
