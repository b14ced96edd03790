"""All tables of Brightwater Software."""

import numpy as np
import pyarrow as pa

from demo.brightwater.accounts import accounts_table, make_accounts
from demo.brightwater.activities import activities_table
from demo.brightwater.campaigns import (
    campaigns_of_deals,
    campaigns_table,
    make_touches,
    spend_table,
    touches_table,
)
from demo.brightwater.catalogue import price_list_table, products_table
from demo.brightwater.contacts import contacts_table, make_contacts
from demo.brightwater.events import events_table
from demo.brightwater.history import changes_table, deals_table, make_history, primary_contacts
from demo.brightwater.invoices import invoices_table
from demo.brightwater.market import Market
from demo.brightwater.owners import make_owners, owners_table
from demo.brightwater.plan import CONTACTS
from demo.brightwater.subscriptions import in_order, movements_table, subscriptions_table
from demo.brightwater.targets import targets_table
from demo.brightwater.usage import make_visits


def build_tables() -> dict[str, pa.Table]:
    """The tables by name. The people first, then their deals, then what follows from those."""
    owners = make_owners()
    accounts = make_accounts(owners)
    contacts = make_contacts(accounts)
    market = Market(accounts, owners)
    market.run()
    deals, periods = market.deals, in_order(market.book.periods)
    numbers = {id(deal): number for number, deal in enumerate(deals)}
    history = make_history(deals)
    primary = primary_contacts(deals, contacts)
    first_deal = np.zeros(CONTACTS, dtype=np.int64)
    for contact, deal in zip(reversed(primary.tolist()), reversed(deals), strict=True):
        first_deal[contact] = deal.created
    touches = make_touches(deals, primary, contacts, accounts)
    visits = make_visits(accounts, contacts, periods)
    return {
        "owners": owners_table(owners),
        "accounts": accounts_table(accounts),
        "contacts": contacts_table(contacts, accounts, first_deal),
        "products": products_table(),
        "price_list": price_list_table(),
        "campaigns": campaigns_table(),
        "campaign_spend": spend_table(),
        "campaign_touches": touches_table(touches, contacts),
        "deals": deals_table(deals, history, contacts, accounts.names, campaigns_of_deals(deals)),
        "deal_stage_changes": changes_table(history, deals),
        "activities": activities_table(deals, contacts, accounts, owners),
        "subscriptions": subscriptions_table(periods, accounts, numbers),
        "mrr_movements": movements_table(periods),
        "invoices": invoices_table(periods, accounts),
        "events": events_table(visits, touches, contacts, accounts),
        "targets": targets_table(),
    }
