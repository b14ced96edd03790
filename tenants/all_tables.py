"""Every metadata table: for what compares, migrates or copies them all. A server loads each when it is first used."""

import tenants.alert_schema
import tenants.backup_schema
import tenants.comment_schema
import tenants.delivery_schema
import tenants.draft_schema
import tenants.event_schema
import tenants.folder_schema
import tenants.guest_schema
import tenants.notice_schema
import tenants.quality_schema
import tenants.saml_schema
import tenants.scim_schema
import tenants.source_schema
import tenants.team_schema
import tenants.viewing_schema  # noqa: F401 - importing is what registers a table
from tenants.schema import Base

ALL_TABLES = Base.metadata
