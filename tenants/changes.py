"""Statements that change rows of the metadata, the same for both databases."""

from typing import TYPE_CHECKING, Union

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import DeclarativeBase, Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def count_changed(session: Session, statement: Update | Delete) -> int:
    """The number of rows changed; rows that the session has loaded are not refreshed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def insert_into(session: Session, table: type[DeclarativeBase]) -> Union["sqlite.Insert", "postgresql.Insert"]:
    """An insert that can say what to do on a conflict."""
    return insert_of(session.get_bind().dialect.name, table)


def insert_of(dialect: str, table: type[DeclarativeBase]) -> Union["sqlite.Insert", "postgresql.Insert"]:
    """The insert of a dialect, for a statement that is built once and run often."""
    # Each dialect is loaded where it is used: together they take as long as the start of a small program.
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
