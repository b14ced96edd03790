"""Stripe: customers, subscriptions, invoices, prices and products, and what changed by Stripe's own events."""

from connectors.contract import Capabilities
from connectors.kinds.stripe.config import Config, describe, secret_texts
from connectors.kinds.stripe.connection import connect

KIND = "stripe"
LABEL = "Stripe"
CAPABILITIES = Capabilities(has_cursor=True, has_tombstones=True)

__all__ = ["CAPABILITIES", "KIND", "LABEL", "Config", "connect", "describe", "secret_texts"]
