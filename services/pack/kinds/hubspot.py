"""HubSpot: deals, closed and won by HubSpot's own properties, with their changes, people, companies and activities."""

from collections.abc import Mapping

from services.pack.canonical import Beside, StreamMapping

KIND = "hubspot"
# The outcome HubSpot gives every account for a call that was answered.
_CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
_COMPANY, _CONTACT, _DEAL = (f"split_part({name}_ids, ',', 1)" for name in ("companies", "contacts", "deals"))
_CHANGED = "PARTITION BY deal_id, property ORDER BY changed_at, change_id"


def _activity(stream: str, kind: str, more: Mapping[str, tuple[str, ...]] | None = None) -> StreamMapping:
    return StreamMapping(
        table="activities",
        stream=stream,
        columns={
            "activity_id": (f"'{kind} ' || id",),
            "type": (f"'{kind}'",),
            "account_id": (_COMPANY,),
            "contact_id": (_CONTACT,),
            "deal_id": (_DEAL,),
            "owner_id": ("hubspot_owner_id",),
            "occurred_on": ("hs_timestamp AT TIME ZONE 'UTC'",),
            **(more or {}),
        },
        where="hs_task_status = 'COMPLETED'" if kind == "task" else "",
    )


def _touch(kind: str, at: str, source: str, campaign: str) -> StreamMapping:
    return StreamMapping(
        table="campaign_touches",
        stream="contacts",
        columns={
            "touch_id": (f"id || ' {kind}'",),
            "account_id": (_COMPANY,),
            "contact_id": ("id",),
            "campaign": (campaign,),
            "channel": (source,),
            "kind": (f"'{kind}'",),
            "occurred_on": (f"{at} AT TIME ZONE 'UTC'",),
        },
        where=f"{at} IS NOT NULL",
        is_optional=True,
    )


MAPPINGS = (
    StreamMapping(
        table="accounts",
        stream="companies",
        columns={
            "account_id": ("id",),
            "name": ("name",),
            "domain": ("domain",),
            "industry": ("industry",),
            "country": ("country",),
            "created_on": ("createdate AT TIME ZONE 'UTC'",),
        },
    ),
    StreamMapping(
        table="contacts",
        stream="contacts",
        columns={
            "contact_id": ("id",),
            "account_id": (_COMPANY,),
            "owner_id": ("hubspot_owner_id",),
            "name": ("concat_ws(' ', firstname, lastname)",),
            "email": ("email",),
            "title": ("jobtitle",),
            "source": ("hs_analytics_source",),
            "created_on": ("createdate AT TIME ZONE 'UTC'",),
            "qualified_on": ("hs_lifecyclestage_salesqualifiedlead_date AT TIME ZONE 'UTC'",),
        },
    ),
    StreamMapping(
        table="owners",
        stream="owners",
        columns={"owner_id": ("id",), "name": ("concat_ws(' ', firstname, lastname)",), "email": ("email",)},
    ),
    StreamMapping(
        table="deals",
        stream="deals",
        columns={
            "deal_id": ("id",),
            "name": ("dealname",),
            "account_id": (_COMPANY,),
            "owner_id": ("hubspot_owner_id",),
            "stage": ("coalesce(beside.label, dealstage)", "dealstage"),
            "pipeline": ("pipeline",),
            "currency": ("deal_currency_code",),
            "amount": ("amount",),
            "is_closed": ("hs_is_closed",),
            "is_won": ("hs_is_closed_won",),
            "created_on": ("createdate AT TIME ZONE 'UTC'",),
            "close_date": ("closedate AT TIME ZONE 'UTC'",),
        },
        beside=Beside(stream="deal_stages", column="dealstage"),
    ),
    StreamMapping(
        table="deal_stage_changes",
        stream="deal_changes",
        columns={
            "change_id": ("change_id",),
            "deal_id": ("deal_id",),
            "old_stage": (
                f"CASE WHEN property = 'dealstage' THEN lag(coalesce(beside.label, value)) OVER ({_CHANGED}) END",
                f"CASE WHEN property = 'dealstage' THEN lag(value) OVER ({_CHANGED}) END",
            ),
            "new_stage": (
                "CASE WHEN property = 'dealstage' THEN coalesce(beside.label, value) END",
                "CASE WHEN property = 'dealstage' THEN value END",
            ),
            "old_close_date": (f"CASE WHEN property = 'closedate' THEN left(lag(value) OVER ({_CHANGED}), 10) END",),
            "new_close_date": ("CASE WHEN property = 'closedate' THEN left(value, 10) END",),
            "changed_on": ("changed_at AT TIME ZONE 'UTC'",),
        },
        beside=Beside(stream="deal_stages", column="value"),
    ),
    _activity("calls", "call", {"is_connected": (f"hs_call_disposition = '{_CONNECTED}'",)}),
    _activity("emails", "email"),
    _activity("meetings", "meeting", {"is_held": ("hs_meeting_outcome = 'COMPLETED'",)}),
    _activity("tasks", "task"),
    _touch(
        "first", "hs_analytics_first_timestamp", "hs_analytics_source", "hs_analytics_first_touch_converting_campaign"
    ),
    _touch("latest", "hs_latest_source_timestamp", "hs_latest_source", "hs_analytics_last_touch_converting_campaign"),
    StreamMapping(
        table="products",
        stream="products",
        columns={
            "product_id": ("id",),
            "name": ("name",),
            "code": ("hs_sku",),
            "created_on": ("createdate AT TIME ZONE 'UTC'",),
        },
    ),
)
