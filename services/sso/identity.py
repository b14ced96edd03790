"""Whom an identity provider says somebody is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as their provider knows them; `subject` never changes there, the address may."""

    subject: str
    email: str
    name: str
    groups: tuple[str, ...] = ()
