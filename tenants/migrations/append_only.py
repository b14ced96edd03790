"""What the database itself refuses about audit logs: to change a line, or to remove one that no checkpoint covers."""

import sqlalchemy as sa
from sqlalchemy import Connection

_COVERED = "OLD.sequence > COALESCE((SELECT max(sequence) FROM audit_checkpoints WHERE tenant_id = OLD.tenant_id), 0)"
_RULES = (
    ("audit_events", "UPDATE", "true"),
    ("audit_events", "DELETE", _COVERED),
    ("audit_heads", "UPDATE", "NEW.tenant_id <> OLD.tenant_id OR NEW.sequence < OLD.sequence"),
    ("audit_heads", "DELETE", "true"),
    ("audit_checkpoints", "UPDATE", "true"),
    ("audit_checkpoints", "DELETE", "true"),
)
_SQLITE = """
CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN RAISE EXCEPTION 'the audit log is append-only'; END IF;
    RETURN {row};
END $$
"""
_TRIGGER = "CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
_REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
_TRUNCATE = "CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse()"


def make_append_only(connection: Connection) -> None:
    """Put the rules in force."""
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.execute(sa.text(statement))


def _sqlite() -> list[str]:
    return [
        _SQLITE.format(name=_name(table, action), action=action, table=table, condition=condition)
        for table, action, condition in _RULES
    ]


def _postgresql() -> list[str]:
    statements = [_REFUSE]
    for table, action, condition in _RULES:
        row = "NEW" if action == "UPDATE" else "OLD"
        name = _name(table, action)
        statements += [
            _FUNCTION.format(name=name, condition=condition, row=row),
            _TRIGGER.format(name=name, action=action, table=table),
        ]
    return statements + [_TRUNCATE.format(table=table) for table in dict.fromkeys(rule[0] for rule in _RULES)]


def _name(table: str, action: str) -> str:
    return f"{table}_{action.lower()}"
