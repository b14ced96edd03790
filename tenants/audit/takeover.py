"""A log that moves to another installation: its head and checkpoints are signed anew with the key of that one."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants.audit.chain import Sign, sign_checkpoint, sign_head
from tenants.schema import AuditCheckpointRow, AuditHeadRow


def has_valid_seals(session: Session, tenant_id: str) -> bool:
    """Whether the head and every checkpoint of a log have the signatures of this installation."""
    sign: Sign = session.info["sign"]
    head = session.get(AuditHeadRow, tenant_id, populate_existing=True)
    if head is not None and head.seal != sign_head(sign, tenant_id, head.sequence, head.hash):
        return False
    checkpoints = session.scalars(select(AuditCheckpointRow).where(AuditCheckpointRow.tenant_id == tenant_id))
    return all(row.seal == sign_checkpoint(sign, tenant_id, row.sequence, row.hash, row.at) for row in checkpoints)


def sign_anew(session: Session, tenant_id: str, checkpoints: list[AuditCheckpointRow]) -> None:
    """Sign a log that was brought in whole; its checkpoints are given before they are stored, as none is changed."""
    sign: Sign = session.info["sign"]
    head = session.get(AuditHeadRow, tenant_id, populate_existing=True)
    if head is not None:
        seal = sign_head(sign, tenant_id, head.sequence, head.hash)
        session.execute(update(AuditHeadRow).where(AuditHeadRow.tenant_id == tenant_id).values(seal=seal))
    for row in checkpoints:
        row.seal = sign_checkpoint(sign, tenant_id, row.sequence, row.hash, row.at)
        session.add(row)
