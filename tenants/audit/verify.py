"""Proves a tenant's log: finds a line that was altered, removed or put in another place, and an end cut off."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.audit.chain import GENESIS, Sign, line_hash, line_of, sign_checkpoint, sign_head
from tenants.schema import AuditCheckpointRow, AuditHeadRow, AuditRow

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found: `first` and `last` line read (0 where there is none), the head's hash, and every problem."""

    first: int
    last: int
    lines: int
    head_hash: str
    problems: tuple[str, ...]


def verify_chain(session: Session, tenant_id: str) -> Proof:
    """Read a tenant's whole log and compare it with its hashes, its newest checkpoint and its signed head."""
    sign: Sign = session.info["sign"]
    problems: list[str] = []
    start, newest = _start(session, sign, tenant_id, problems)
    sequence, first, lines = start, 0, 0
    for row in _rows(session, tenant_id, start):
        first = first or row.sequence
        lines += 1
        problems += _line_problems(row, sequence, newest)
        sequence, newest = row.sequence, row.hash
    problems += _head_problems(session, sign, tenant_id, sequence, newest)
    return Proof(first=first, last=sequence if lines else 0, lines=lines, head_hash=newest, problems=tuple(problems))


def _start(session: Session, sign: Sign, tenant_id: str, problems: list[str]) -> tuple[int, str]:
    """The line that the oldest line kept must follow: the newest checkpoint's where lines were removed."""
    checkpoints = select(AuditCheckpointRow).where(AuditCheckpointRow.tenant_id == tenant_id)
    start, newest = 0, GENESIS
    oldest = session.scalar(
        select(AuditRow.sequence).where(AuditRow.tenant_id == tenant_id).order_by(AuditRow.sequence).limit(1)
    )
    for row in session.scalars(checkpoints.order_by(AuditCheckpointRow.sequence)):
        if row.seal != sign_checkpoint(sign, tenant_id, row.sequence, row.hash, row.at):
            problems.append(f"The checkpoint at line {row.sequence} does not have its signature.")
        elif oldest is None or row.sequence < oldest:
            start, newest = row.sequence, row.hash
    return start, newest


def _rows(session: Session, tenant_id: str, start: int) -> Iterator[AuditRow]:
    statement = select(AuditRow).where(AuditRow.tenant_id == tenant_id, AuditRow.sequence > start)
    rows = session.scalars(statement.order_by(AuditRow.sequence), execution_options={"yield_per": _AT_ONCE})
    for row in rows:
        yield row
        session.expunge(row)


def _line_problems(row: AuditRow, before: int, newest: str) -> list[str]:
    found: list[str] = []
    if row.sequence != before + 1:
        gone = (
            f"Line {before + 1} is" if row.sequence == before + 2 else f"Lines {before + 1} to {row.sequence - 1} are"
        )
        found.append(f"{gone} missing.")
    elif row.previous_hash != newest:
        found.append(f"Line {row.sequence} does not follow line {before}: one of them was put in another place.")
    if line_hash(line_of(row)) != row.hash:
        found.append(f"Line {row.sequence} ({row.action} by {row.actor}) was altered: it does not have its hash.")
    return found


def _head_problems(session: Session, sign: Sign, tenant_id: str, sequence: int, newest: str) -> list[str]:
    statement = select(AuditHeadRow).where(AuditHeadRow.tenant_id == tenant_id)
    head = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if head is None:
        return ["The head is missing although there are lines."] if sequence else []
    if head.seal != sign_head(sign, tenant_id, head.sequence, head.hash):
        return ["The head does not have its signature: it was written without the key."]
    if sequence < head.sequence:
        return [f"The end is cut off: the last line is {sequence}, but line {head.sequence} was written."]
    if sequence > head.sequence:
        return [f"Lines {head.sequence + 1} to {sequence} were added without the key."]
    if newest != head.hash:
        return [f"Line {sequence} is not the one that was written last."]
    return []
