"""Salesforce: opportunities with their history, accounts, people, activities and campaign members."""

from services.pack.canonical import Beside, StreamMapping

KIND = "salesforce"
_CREATED = ("createddate AT TIME ZONE 'UTC'",)
_CHANGED = "PARTITION BY opportunityid ORDER BY createddate, id"
MAPPINGS = (
    StreamMapping(
        table="accounts",
        stream="Account",
        columns={
            "account_id": ("id",),
            "name": ("name",),
            "domain": ("website",),
            "industry": ("industry",),
            "country": ("billingcountry",),
            "created_on": _CREATED,
        },
    ),
    StreamMapping(
        table="contacts",
        stream="Contact",
        columns={
            "contact_id": ("id",),
            "account_id": ("accountid",),
            "owner_id": ("ownerid",),
            "name": ("name",),
            "email": ("email",),
            "title": ("title",),
            "source": ("leadsource",),
            "created_on": _CREATED,
        },
    ),
    StreamMapping(table="owners", stream="User", columns={"owner_id": ("id",), "name": ("name",), "email": ("email",)}),
    StreamMapping(
        table="deals",
        stream="Opportunity",
        columns={
            "deal_id": ("id",),
            "name": ("name",),
            "account_id": ("accountid",),
            "owner_id": ("ownerid",),
            "stage": ("stagename",),
            "currency": ("currencyisocode",),
            "amount": ("amount",),
            "is_closed": ("isclosed",),
            "is_won": ("iswon",),
            "created_on": _CREATED,
            "close_date": ("closedate",),
        },
    ),
    StreamMapping(
        # A row each time the stage, the amount or the day changed, with all three as they were from then on.
        table="deal_stage_changes",
        stream="OpportunityHistory",
        columns={
            "change_id": ("id",),
            "deal_id": ("opportunityid",),
            "old_stage": (f"lag(stagename) OVER ({_CHANGED})",),
            "new_stage": ("stagename",),
            "old_close_date": (f"lag(closedate) OVER ({_CHANGED})",),
            "new_close_date": ("closedate",),
            "changed_on": _CREATED,
        },
    ),
    StreamMapping(
        table="activities",
        stream="Task",
        columns={
            "activity_id": ("id",),
            "type": ("lower(tasksubtype)",),
            "account_id": ("accountid",),
            "contact_id": ("whoid",),
            "deal_id": ("whatid",),
            "owner_id": ("ownerid",),
            "occurred_on": (
                "coalesce(CAST(completeddatetime AT TIME ZONE 'UTC' AS DATE), activitydate)",
                "activitydate",
            ),
        },
        where="isclosed",
    ),
    StreamMapping(
        table="activities",
        stream="Event",
        columns={
            "activity_id": ("id",),
            "type": ("'meeting'",),
            "account_id": ("accountid",),
            "contact_id": ("whoid",),
            "deal_id": ("whatid",),
            "owner_id": ("ownerid",),
            "occurred_on": ("activitydate",),
        },
    ),
    StreamMapping(
        table="campaign_touches",
        stream="CampaignMember",
        columns={
            "touch_id": ("id",),
            "account_id": ("accountid",),
            "contact_id": ("coalesce(contactid, leadid)", "contactid"),
            "campaign": ("beside.name", "campaignid"),
            "channel": ("beside.type",),
            "kind": ("status",),
            "occurred_on": (
                "coalesce(firstrespondeddate, CAST(createddate AT TIME ZONE 'UTC' AS DATE))",
                "createddate AT TIME ZONE 'UTC'",
            ),
        },
        beside=Beside(stream="Campaign", column="campaignid"),
    ),
    StreamMapping(
        table="products",
        stream="Product2",
        columns={"product_id": ("id",), "name": ("name",), "code": ("productcode",), "created_on": _CREATED},
    ),
)
