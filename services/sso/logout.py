"""Single logout: a person who came from an OpenID provider is led there to sign out as well."""

from core.errors import UserError
from services.platform import Platform
from services.sso.configuration import OidcConfiguration
from services.sso.providers import find_provider


def logout_address(platform: Platform, provider_id: str) -> str | None:
    """Where the browser goes to end the session at the provider; None where there is no such place.

    A provider that does not answer keeps nobody signed in here: the session here has ended already.
    """
    with platform.session() as session:
        provider = find_provider(session, provider_id=provider_id)
    if provider is None or not isinstance(provider.configuration, OidcConfiguration):
        return None
    from services.sso.oidc import end_address

    try:
        return end_address(
            provider.configuration,
            back=f"{platform.settings.address}/signin",
            allowed_hosts=platform.settings.allowed_hosts,
        )
    except UserError:
        return None
