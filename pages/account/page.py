"""Your account: password, second factor, and the browsers in which a member is signed in."""

from functools import partial

import streamlit as st

from app.ui.age import age_text
from app.ui.changing import draw_said, try_change
from app.ui.context import own_cookie
from app.ui.parts import Alert, CardHeader, PageHead, Span, Tone, alert_box, card, card_header, page_head
from services.account import change_password, end_own_sessions, has_password, own_sessions
from services.platform import Platform
from services.second_factor import (
    Enrolment,
    FactorState,
    begin_enrolment,
    confirm_enrolment,
    factor_state,
    remove_factor,
)
from tenants.access import Principal
from tenants.access.sessions import OpenSession

_CODES, _ENROLMENT = "account_codes", "account_enrolment"
_WAYS = {"password": "password", "link": "sign-in link", "oidc": "identity provider", "saml": "identity provider"}
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl", "python")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "python": "Python"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    cookie = own_cookie()
    factor, sessions = factor_state(platform, principal), own_sessions(platform, principal, cookie)
    _head(principal, factor, len(sessions))
    draw_said()
    with card(key="second_factor"):
        _second_factor(platform, principal, factor)
    with card(key="password"):
        _password(platform, principal, cookie)
    with card(key="sessions"):
        _sessions(platform, principal, sessions, cookie)


def _head(principal: Principal, factor: FactorState, sessions: int) -> None:
    browsers = "one signed-in browser" if sessions == 1 else f"{sessions} signed-in browsers"
    answer = (Span(principal.name), " uses ", Span(browsers), ".")
    cause = (
        f"Signing in takes a code of your app; {factor.codes_left} recovery codes are left."
        if factor.is_on
        else "Signing in takes no code: set up a second factor."
    )
    page_head(PageHead(answer=answer, cause=cause, text=f"{principal.email}, {principal.role}"), key="account")


def _second_factor(platform: Platform, principal: Principal, factor: FactorState) -> None:
    subtitle = "A code of an authenticator app, asked for after a password or a sign-in link"
    card_header(CardHeader(title="Second factor", subtitle=subtitle), key="second_factor")
    codes = st.session_state.pop(_CODES, None)
    if codes:
        text = "Each stands in for the app once. They are not shown again."
        alert_box(Alert(title="Keep these recovery codes", text=text, tone=Tone.WARN, icon_name="key"), key="codes")
        st.code("\n".join(codes), language=None)
    if factor.is_on:
        with st.form("remove_factor", clear_on_submit=True, border=False):
            code = st.text_input("Code of the app, or a recovery code", autocomplete="one-time-code")
            if st.form_submit_button("Remove the second factor"):
                try_change(partial(remove_factor, platform, principal, code), "The second factor is removed")
        return
    enrolment = st.session_state.get(_ENROLMENT)
    if enrolment is None:
        if st.button("Set up a second factor", type="primary", key="begin_factor"):
            try_change(lambda: _keep(_ENROLMENT, begin_enrolment(platform, principal)))
        return
    _key(enrolment)
    with st.form("confirm_factor", border=False):
        code = st.text_input("Six digits that the app shows", autocomplete="one-time-code")
        if st.form_submit_button("Confirm", type="primary"):
            try_change(partial(_confirm, platform, principal, code), "The second factor is in force")


def _key(enrolment: Enrolment) -> None:
    import segno

    picture, words = st.columns([1, 2], vertical_alignment="center")
    # Black on white in the dark theme too: that is what cameras read.
    picture.image(segno.make(enrolment.address).svg_inline(scale=5, border=3, dark="#000", light="#fff"), width=210)
    words.text("Scan this with an authenticator app, or enter the key there:")
    words.code(enrolment.key, language=None)


def _confirm(platform: Platform, principal: Principal, code: str) -> None:
    _keep(_CODES, confirm_enrolment(platform, principal, code))
    del st.session_state[_ENROLMENT]


def _password(platform: Platform, principal: Principal, cookie: str | None) -> None:
    is_change = has_password(platform, principal)
    subtitle = "At least 12 characters; known passwords are refused. Other browsers are signed out"
    card_header(CardHeader(title="Password", subtitle=subtitle), key="password")
    with st.form("password", clear_on_submit=True, border=False):
        present = ""
        if is_change:
            present = st.text_input("Present password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        if st.form_submit_button("Change password" if is_change else "Set a password"):
            change = partial(change_password, platform, principal, cookie, present=present, new=new)
            try_change(change, "The password is changed")


def _sessions(platform: Platform, principal: Principal, sessions: list[OpenSession], cookie: str | None) -> None:
    subtitle = "The one used last first"
    card_header(CardHeader(title="Signed in", subtitle=subtitle, is_ruled=True), key="sessions")
    now = platform.clock()
    for session in sessions:
        left, right = st.columns([6, 1], vertical_alignment="center")
        own = ", this browser" if session.is_own else ""
        way = _WAYS.get(session.way, "an earlier release")
        where = f" from {session.address}" if session.address else ""
        used = f"used {age_text(session.seen_at, now=now)} ago, since {session.started_at:%Y-%m-%d %H:%M} UTC"
        left.text(f"{browser_name(session.agent)}{own}: {used}, by {way}{where}")
        if not session.is_own and right.button("Sign out", key=f"end_{session.id}"):
            end = partial(end_own_sessions, platform, principal, session_id=session.id)
            try_change(end, "That browser is signed out")
    if len(sessions) > 1 and st.button("Sign out everywhere else", key="end_others"):
        try_change(partial(end_own_sessions, platform, principal, but=cookie), "All other browsers are signed out")


def browser_name(agent: str) -> str:
    """What a browser calls itself, in words.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36")
    'Chrome on Linux'
    >>> browser_name("")
    'Unknown browser'
    """
    name = next((_NAMES.get(one, one) for one in _BROWSERS if one in agent), "Unknown browser")
    system = next((one for one in _SYSTEMS if one in agent), "")
    return f"{name} on {system.replace('Mac OS', 'macOS')}" if system else name


def _keep(name: str, value: object) -> None:
    st.session_state[name] = value
