"""How the members of a tenant may sign in."""

from sqlalchemy.orm import Session

from tenants.schema import SigninPolicyRow


def is_sso_only(session: Session, tenant_id: str) -> bool:
    """Whether members of a tenant may sign in by an identity provider only."""
    row = session.get(SigninPolicyRow, tenant_id)
    return row is not None and row.is_sso_only


def is_factor_demanded(session: Session, tenant_id: str) -> bool:
    """Whether members of a tenant who sign in by password or link need a second factor."""
    row = session.get(SigninPolicyRow, tenant_id)
    return row is not None and row.is_factor_demanded
