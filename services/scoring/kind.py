"""What a kind of score gives: entities with what was known of them on a day, and what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from core.registry import find_kinds
from forecasting.scores import Features, Panel
from metrics import Catalog
from services.platform import Platform
from tenants.access import Principal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """The reader's own entities. Days are whole days since 1970.

    `panel` has those whose outcome was known at the end of a day, None where there is none; `now` the names of those
    open at the end of a day and what is known of them. `labels` are of the columns, `digest` is a hash of the rows.
    """

    panel: Callable[[int], Panel | None]
    now: Callable[[int], tuple[tuple[str, ...], Features]]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    digest: str
    version: int


class ScoreKind(Protocol):
    """A module of `services.scoring.kinds`."""

    KIND: str
    LABEL: str
    # One entity, those that are scored, and what the event is for them: "deal", "open deals", "be won".
    ENTITY: str
    ENTITIES: str
    EVENT: str
    WITHIN: int

    @staticmethod
    def is_offered(catalog: Catalog) -> bool:
        """Whether the tenant's definitions name what it is made of."""

    @staticmethod
    def read(platform: Platform, principal: Principal) -> Population:
        """The reader's entities. Raises UserError."""


def score_kinds() -> dict[str, ScoreKind]:
    """All kinds by name."""
    import services.scoring.kinds as package

    return {name: cast("ScoreKind", module) for name, module in find_kinds(package).items()}
