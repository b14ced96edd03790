"""Readers outside: somebody without an account to whom a tenant lets deliveries go, with the role of its guests."""

from sqlalchemy.orm import Session

from services.guests.rules import load_rules
from services.guests.visits import SHOWN
from tenants.access import Guest, Permission, Principal
from tenants.access.links import token_hash
from tenants.access.tenant_roles import permissions_of_roles
from tenants.tenant import Tenant


def find_outside_reader(session: Session, tenant: Tenant, notebook: str, address: str) -> Principal | None:
    """Who reads a notebook at an address outside; None where the tenant lets nothing out.

    A policy that asks for an attribute or the reader's address finds neither: the address is not the reader's proof.
    """
    rules = load_rules(session, tenant.id)
    if not rules.has_deliveries:
        return None
    name = f"outside:{address}"
    return Principal(
        tenant=tenant,
        member_id=f"guest:{token_hash(name)[:26]}",
        email=name,
        name="Guest",
        roles=(rules.role,),
        permissions=permissions_of_roles(session, tenant.id, [rules.role]) & SHOWN | {Permission.REPORT_EXPORT},
        guest=Guest(notebook=notebook),
    )
