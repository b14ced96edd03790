"""Teams: the tree of who manages whom, which row policies may speak of."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.changing import draw_said, try_change
from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    page_bar,
    page_head,
)
from services.members import describe_members
from services.platform import Platform
from services.teams import TeamFacts, list_teams, remove_team, save_team
from tenants.access import Permission, Principal

_TOP = "(none)"
# An em space, which a browser does not fold.
_INDENT = "\u2003"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    teams = list_teams(platform, principal)
    _head(teams)
    may_change = principal.can(Permission.MEMBER_MANAGE)
    if may_change:
        with page_bar(key="teams"):
            if st.button("New team", type="primary", icon=":material/add:", key="teams_new"):
                _edit(platform, principal, teams, None)
    draw_said()
    with card(key="teams"):
        subtitle = "A manager sees what everybody in the team and below it sees, where a policy says member.team_emails"
        card_header(CardHeader(title="Teams", subtitle=subtitle, is_ruled=True), key="teams")
        if not teams:
            text = "Make one, name its managers, and let a row policy speak of the team."
            empty_state(EmptyState(title="No team yet", text=text, icon="account_tree"), key="teams")
            return
        chosen = data_table(_table(teams, may_change=may_change), key="teams")
    team = next((one for one in teams if one.name == chosen), None)
    if team is not None and may_change:
        _edit(platform, principal, teams, team)


def _head(teams: Sequence[TeamFacts]) -> None:
    if not teams:
        page_head(
            PageHead(answer="There are no teams yet.", cause="A team's managers see what its members see."), key="teams"
        )
        return
    people = {email for team in teams for email in (*team.managers, *team.members)}
    managers = {email for team in teams for email in team.managers}
    answer = (
        Span(f"{len(teams)} team{'s' * (len(teams) != 1)}"),
        f" of {len(people)} {'person' if len(people) == 1 else 'people'}, {len(managers)} of them managers.",
    )
    page_head(PageHead(answer=answer, cause="Who joins or leaves a team changes what its managers see."), key="teams")


def _table(teams: Sequence[TeamFacts], *, may_change: bool) -> DataTable:
    columns = (
        TableColumn(label="Team"),
        TableColumn(label="Managers"),
        TableColumn(label="In it", is_number=True),
        TableColumn(label="With all below", is_number=True),
    )
    rows = tuple(
        (
            _INDENT * (len(team.path) - 1) + team.name,
            ", ".join(team.managers) or "\u2014",
            f"{len(team.managers) + len(team.members):,}",
            f"{_people_below(teams, team):,}",
        )
        for team in teams
    )
    acts = tuple(team.name if may_change else "" for team in teams)
    return DataTable(caption="The teams and their managers", columns=columns, rows=rows, row_acts=acts)


def _people_below(teams: Sequence[TeamFacts], team: TeamFacts) -> int:
    below = [one for one in teams if one.path[: len(team.path)] == team.path]
    return len({email for one in below for email in (*one.managers, *one.members)})


@st.dialog("Team")
def _edit(platform: Platform, principal: Principal, teams: Sequence[TeamFacts], team: TeamFacts | None) -> None:
    known = [one.email for one in describe_members(platform, principal)]
    others = [_TOP, *(one.name for one in teams if team is None or one.path[: len(team.path)] != team.path)]
    with st.form("team", border=False):
        name = st.text_input("Name", value=team.name if team else "", placeholder="EMEA")
        above = st.selectbox(
            "Belongs to", others, index=others.index(team.above) if team is not None and team.above else 0
        )
        managers = st.multiselect("Managers", known, default=list(team.managers) if team else [])
        members = st.multiselect("Members", known, default=list(team.members) if team else [])
        if st.form_submit_button("Save team", type="primary"):
            save = partial(
                save_team,
                name=name,
                was=team.name if team else None,
                above=None if above == _TOP else above,
                managers=managers,
                members=members,
            )
            try_change(lambda: save(platform, principal), f"The team {name} is saved")
    if team is not None and st.button("Remove team", key="team_remove"):
        try_change(lambda: remove_team(platform, principal, team.name), f"The team {team.name} is removed")
