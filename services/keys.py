"""Changing the master key, or the key of one tenant, while the product runs."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import InvalidError
from core.master_key import load_key_file
from core.secrets import Secret, new_key, unwrap, wrap
from services.permitted import permitted
from services.platform import Platform, secret_context
from tenants import directory
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.schema import SecretRow, TenantRow
from tenants.tenant import Tenant


def rotate_master(platform: Platform, new_key_file: str | None, step: Callable[[str], None]) -> int:
    """Wrap every key with a new master key; only the operator can. Returns how many keys were wrapped anew.

    A key kept in a file is made and put in place here. One that comes from the environment or a command must be given
    in `new_key_file`, and be set there before the next start.
    """
    if new_key_file is None and not platform.keys.is_file:
        raise InvalidError(
            "The master key comes from the environment or a command, where this command cannot put a new one. "
            "Make one, name its file with --new-key-file, and set it before the next start."
        )
    new = new_key() if new_key_file is None else load_key_file(Path(new_key_file))

    def record(session: Session, count: int) -> None:
        record_event(session, AuditAction.MASTER_KEY_ROTATED, subject=f"{count} keys")

    return platform.keys.rotate_master(platform.metadata, new, record=record, step=step)


@permitted(Permission.TENANT_MANAGE)
def rotate_tenant(platform: Platform, principal: Principal, step: Callable[[str], None]) -> int:
    """Write the tenant's store and secrets anew under a new key; returns how many secrets. Queries go on meanwhile.

    Whatever step it is killed at, the metadata name one file and its key, and the other file is removed at the next
    opening. Earlier backups carry the key they were made under. Raises StoreFault, LimitError.
    """
    # The engine is loaded with the first store, not at start.
    from tenants.store.place import next_place
    from tenants.store.rekey import write_under_key

    tenant, new = principal.tenant, new_key()
    store = platform.store(tenant)
    with store.hold():
        before = platform.store_place(tenant)
        generation, target = next_place(store.path.parent, before.generation)
        copy = target.with_name(f"{target.name}.copy")
        step("Copying the store")
        try:
            store.copy_file(copy)
            write_under_key(copy, before.key, target, new, memory_mb=platform.settings.store_memory_mb)
        finally:
            copy.unlink(missing_ok=True)
        step("The store is written anew under the new key")
        with platform.session() as session:
            count = _change_key(platform, session, tenant, new, generation)
            record_event(
                session,
                AuditAction.TENANT_KEY_ROTATED,
                subject=tenant.slug,
                principal=principal,
                data={"secrets": count},
            )
        step("The new key is in force")
        platform.stores.switch(tenant.id, platform.store_place(tenant))
    step("The store under the key before is removed")
    return count


def _change_key(platform: Platform, session: Session, tenant: Tenant, new: Secret, generation: int) -> int:
    directory.lock_key(session, tenant.id)
    wrapped, _ = directory.wrapped_key(session, tenant.id)
    old = platform.keys.unwrap(wrapped, context=tenant.id)
    secrets = list(session.scalars(select(SecretRow).where(SecretRow.tenant_id == tenant.id)))
    for row in secrets:
        context = secret_context(tenant, row.name)
        row.sealed = wrap(new, unwrap(old, row.sealed, context=context), context=context)
    values = {"wrapped_key": wrap(platform.keys.master, new, context=tenant.id), "store_generation": generation}
    session.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(**values))
    return len(secrets)
