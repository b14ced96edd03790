"""Who is given the credit for a conversion: nine models over the same journeys, whose parts add up to the whole."""

from metrics.behaviour.attribution.credit import ChannelCredit, attribute
from metrics.behaviour.attribution.spec import AttributionSpec, Journey, Model, Touch

__all__ = ["AttributionSpec", "ChannelCredit", "Journey", "Model", "Touch", "attribute"]
