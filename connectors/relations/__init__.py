"""Which columns identify rows, and which point to rows of other tables: guesses, shown to people, never required."""

from connectors.relations.joins import guess_joins
from connectors.relations.keys import Relation, guess_key, unique_columns

__all__ = ["Relation", "guess_joins", "guess_key", "unique_columns"]
