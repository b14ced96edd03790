"""Sign-in: the domains a tenant has proved, its identity providers, and whether passwords still open anything."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui.changing import draw_said, try_change
from app.ui.parts import Alert, CardHeader, PageHead, Tone, alert_box, card, card_header, page_head
from core.errors import InvalidError
from services.factor_demand import demand_factor, describe_factor_demand
from services.platform import Platform
from services.roles import role_names
from services.scim.tokens import create_token, revoke_token, token_made_at
from services.sso.configuration import SamlConfiguration
from services.sso.domains import Domain, claim_domain, list_domains, release_domain, verify_domain
from services.sso.providers import (
    Provider,
    callback_address,
    demand_sso,
    has_sso_only,
    list_providers,
    metadata_address,
    parse_configuration,
    remove_provider,
    save_provider,
)
from tenants.access import Permission, Principal, Role

_MADE = "signin_settings_made"
_BINDINGS = {"redirect": "By redirect", "post": "By POST"}
_PROTOCOLS = {"oidc": "OpenID Connect", "saml": "SAML 2.0"}


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    domains, providers = list_domains(platform, principal), list_providers(platform, principal)
    _head(domains, providers, is_sso_only=has_sso_only(platform, principal))
    draw_said()
    with card(key="domains"):
        _domains(platform, principal, domains)
    with card(key="providers"):
        _providers(platform, principal, providers)
    with card(key="directory"):
        _directory(platform, principal)
    with card(key="factor"):
        _factor(platform, principal)
    with card(key="demand"):
        _demand(platform, principal)


def _head(domains: list[Domain], providers: list[Provider], *, is_sso_only: bool) -> None:
    proved = [domain.name for domain in domains if domain.is_verified]
    if is_sso_only:
        answer = "Members sign in at your identity provider only."
    elif proved and providers:
        answer = "Members sign in at your identity provider, or by password."
    else:
        answer = "Members sign in by password or link."
    cause = f"Proved: {', '.join(proved)}." if proved else "Prove an e-mail domain, then connect your provider."
    page_head(PageHead(answer=answer, cause=cause), key="signin_settings")


def _domains(platform: Platform, principal: Principal, domains: list[Domain]) -> None:
    subtitle = "Only addresses of proved domains sign in by a provider"
    card_header(CardHeader(title="E-mail domains", subtitle=subtitle), key="domains")
    for domain in domains:
        left, middle, right = st.columns([5, 1, 1], vertical_alignment="center")
        with left:
            st.text(
                f"{domain.name}: proved" if domain.is_verified else f"{domain.name}: add this TXT record, then check"
            )
            if not domain.is_verified:
                st.code(domain.record, language=None)
        if not domain.is_verified and middle.button("Check", key=f"check_{domain.name}"):
            try_change(partial(verify_domain, platform, principal, domain.name), "The domain is proved")
        if right.button("Remove", key=f"release_{domain.name}"):
            try_change(partial(release_domain, platform, principal, domain.name), "The domain is given up")
    with st.form("claim", clear_on_submit=True, border=False):
        name = st.text_input("Domain", placeholder="example.com")
        if st.form_submit_button("Claim domain"):
            try_change(lambda: claim_domain(platform, principal, name), "Add the TXT record, then check it")


def _providers(platform: Platform, principal: Principal, providers: list[Provider]) -> None:
    subtitle = "A connection is tested before it is saved"
    card_header(CardHeader(title="Identity providers", subtitle=subtitle), key="providers")
    for provider in providers:
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.text(f"{provider.name}: {provider.configuration.label}")
        if right.button("Remove", key=f"remove_{provider.id}"):
            try_change(partial(remove_provider, platform, principal, provider.id), "The provider is removed")
        if isinstance(provider.configuration, SamlConfiguration):
            st.text(provider.configuration.describe_certificates(platform.clock()))
            if provider.configuration.needs_pair:
                st.text("Its metadata address, with the certificate of our signed requests")
                st.code(metadata_address(platform, provider), language=None)
    kind = st.radio("Protocol", _PROTOCOLS, format_func=_PROTOCOLS.__getitem__, horizontal=True, key="protocol")
    st.text("To enter at the provider: " + ("redirect address" if kind == "oidc" else "metadata address"))
    st.code(callback_address(platform) if kind == "oidc" else metadata_address(platform), language=None)
    can_list = principal.can(Permission.MEMBER_READ)
    roles = role_names(platform, principal) if can_list else [role.value for role in Role]
    with st.form("provider", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", placeholder="Acme")
        content, secret = _openid_fields(left, right) if kind == "oidc" else _saml_fields(left, right)
        groups_claim = left.text_input("Claim or attribute that holds the groups", value="groups")
        default_role = right.selectbox("Role of new members", roles, index=roles.index(Role.EXECUTIVE.value))
        mapping = st.text_area("Roles by group, one a line", placeholder="bi-admins = admin")
        if st.form_submit_button("Test and save", type="primary"):
            content |= {"kind": kind, "groups_claim": groups_claim, "default_role": default_role}
            try_change(
                partial(_save, platform, principal, name, content, mapping, secret),
                "The provider answered and is saved",
            )


def _openid_fields(left: DeltaGenerator, right: DeltaGenerator) -> tuple[dict[str, object], str | None]:
    issuer = right.text_input("Issuer", placeholder="https://login.example.com")
    client_id = left.text_input("Client id")
    secret = right.text_input("Client secret", type="password", autocomplete="off")
    return {"issuer": issuer, "client_id": client_id}, secret or None


def _saml_fields(left: DeltaGenerator, right: DeltaGenerator) -> tuple[dict[str, object], str | None]:
    metadata = right.text_area("The provider's metadata (XML), instead of its other fields")
    entity_id = right.text_input("Entity id of the provider")
    sso_address = left.text_input("Sign-in address", placeholder="https://login.example.com/saml")
    slo_address = left.text_input("Sign-out address (optional)", placeholder="https://login.example.com/saml/logout")
    certificate = right.text_area("Signing certificate (PEM; several while the provider changes its key)")
    binding = left.selectbox("How sign-ins go there", list(_BINDINGS), format_func=_BINDINGS.__getitem__)
    wants_signed = left.checkbox("The provider wants signed requests")
    content: dict[str, object] = {"entity_id": entity_id, "sso_address": sso_address, "slo_address": slo_address}
    content |= {"sso_binding": binding, "wants_signed_requests": wants_signed}
    return content | {"certificate": certificate, "metadata": metadata.strip()}, None


def _save(
    platform: Platform, principal: Principal, name: str, content: dict[str, object], mapping: str, secret: str | None
) -> None:
    metadata = content.pop("metadata", "")
    if metadata:
        # The libraries of single sign-on are heavy and load with their first use.
        from services.sso.saml_metadata import read_metadata

        content |= read_metadata(str(metadata))
    configuration = parse_configuration({**content, "role_of_group": parse_mapping(mapping)})
    save_provider(platform, principal, name=name, configuration=configuration, secret=secret)


def _directory(platform: Platform, principal: Principal) -> None:
    subtitle = "Your directory adds, changes and deactivates members by itself (SCIM 2.0)"
    card_header(CardHeader(title="Directory", subtitle=subtitle), key="directory")
    st.text("To enter at the directory: tenant address, and a token")
    st.code(f"{platform.settings.address}/api/scim/v2", language=None)
    token = st.session_state.pop(_MADE, None)
    if token:
        alert_box(Alert(title="Copy this token now", text="It is not shown again.", tone=Tone.WARN), key="token")
        st.code(token, language=None)
    made_at = token_made_at(platform, principal)
    make, revoke = st.columns(2)
    if make.button("Replace the token" if made_at else "Make a token", key="make_token"):
        try_change(lambda: _keep_token(create_token(platform, principal)), "The token is made")
    if made_at and revoke.button(f"Revoke the token of {made_at:%Y-%m-%d}", key="revoke_token"):
        try_change(partial(revoke_token, platform, principal), "The directory can do nothing here any more")


def _keep_token(token: str) -> None:
    st.session_state[_MADE] = token


def _demand(platform: Platform, principal: Principal) -> None:
    is_demanded = has_sso_only(platform, principal)
    subtitle = "Passwords are refused; one-time links of the operator still work when the provider is down"
    card_header(CardHeader(title="Single sign-on only", subtitle=subtitle), key="demand")
    label = "Allow passwords again" if is_demanded else "Demand single sign-on"
    if st.button(label, key="demand_sso"):
        said = "Passwords work again" if is_demanded else "Single sign-on is demanded"
        try_change(lambda: demand_sso(platform, principal, is_demanded=not is_demanded), said)


def _factor(platform: Platform, principal: Principal) -> None:
    demand = describe_factor_demand(platform, principal)
    subtitle = "Of who signs in by password or link; identity providers ask for their own"
    card_header(CardHeader(title="Second factor", subtitle=subtitle), key="factor")
    led = (
        "who lacks it sets it up at the next sign-in, before anything else" if demand.is_demanded else "nobody needs it"
    )
    st.text(f"Without one: {demand.without} of {demand.members} members; {led}.")
    label = "Demand it no more" if demand.is_demanded else "Demand a second factor"
    if st.button(label, key="demand_factor"):
        said = "Nobody needs a second factor now" if demand.is_demanded else "A second factor is demanded"
        try_change(lambda: demand_factor(platform, principal, is_demanded=not demand.is_demanded), said)


def parse_mapping(text: str) -> dict[str, str]:
    """Roles by group from lines of `group = role`. Raises InvalidError naming the line.

    >>> parse_mapping("bi-admins = admin\\n\\n a=b = analyst")
    {'bi-admins': 'admin', 'a=b': 'analyst'}
    """
    roles: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        group, sign, role = line.rpartition("=")
        if not sign or not group.strip():
            raise InvalidError(f"Line {number} of the groups is {line.strip()!r}; write it as: group = role.")
        roles[group.strip()] = role.strip()
    return roles
