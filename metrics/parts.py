"""The two numbers a ratio divides, as metrics of their own, so that they can be asked for by member."""

from dataclasses import replace

from metrics.catalog import Catalog, Formula
from metrics.kinds.conversion import Converted
from metrics.kinds.ratio import Ratio
from metrics.kinds.simple import Simple
from metrics.leaf import Leaf
from metrics.spec import Metric

# No definition can have these names.
NUMERATOR, DENOMINATOR = "(numerator)", "(denominator)"


def with_parts(catalog: Catalog, metric: str) -> Catalog | None:
    """The catalogue with numerator and denominator of a ratio; None where it is none, or they do not add up."""
    formula = catalog.formulas[metric]
    recipe = formula.recipe
    if not isinstance(recipe, Ratio) and not (isinstance(recipe, Converted) and recipe.is_rate):
        return None
    known = catalog.metrics[metric]
    parts = {name: _formula(part) for name, part in zip((NUMERATOR, DENOMINATOR), formula.inputs, strict=True)}
    metrics = {name: _metric(name, known, part) for name, part in parts.items()}
    found = replace(catalog, metrics={**catalog.metrics, **metrics}, formulas={**catalog.formulas, **parts})
    return found if all(found.quantity(name).is_additive for name in parts) else None


def _formula(part: Leaf | Formula) -> Formula:
    return part if isinstance(part, Formula) else Formula(recipe=Simple(measure=part.measure), inputs=(part,))


def _metric(name: str, ratio: Metric, formula: Formula) -> Metric:
    return replace(
        ratio, name=name, label=name.strip("()"), kind="simple", recipe=formula.recipe, unit=None, target=None
    )
