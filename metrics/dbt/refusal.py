"""Why something of dbt's cannot be said here."""


class Refused(Exception):
    """It has no equal; its text says what, and what to do. It never leaves the package."""
