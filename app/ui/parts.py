"""The look of the product: view models and the functions that draw them. No services, no queries.

Pages build view models from results and hand them to a drawing function; markup comes from autoescaped templates.
"""

from app.ui.action import Action
from app.ui.badge import Badge, Change, render_badge, render_change
from app.ui.bridge import Bridge, BridgeBar, draw_bridge, render_bridge
from app.ui.card import CardHeader, FooterLine, card, card_header, cards, footer_line, render_card_header, render_footer
from app.ui.configuration import configuration, configure
from app.ui.data_table import Cell, DataTable, ShareCell, TableColumn, data_table, render_table, text_rows
from app.ui.inbox import InboxRow, inbox_list, render_inbox
from app.ui.insight import Contribution, InsightRow, insight_list, render_insights
from app.ui.kpi import (
    KpiLoading,
    KpiNotice,
    KpiTile,
    Tile,
    empty_tile,
    failed_tile,
    kpi_cells,
    kpi_grid,
    kpi_tile,
    refused_tile,
    render_tile,
)
from app.ui.logo import tenant_logo, tenant_mark
from app.ui.notice import (
    Alert,
    EmptyState,
    TileError,
    alert_box,
    empty_state,
    error_box,
    render_alert,
    render_empty,
    render_error,
)
from app.ui.page_head import MetaItem, PageHead, page_bar, page_head, render_meta, render_page_head
from app.ui.sentence import Sentence, Span, plain
from app.ui.shell import Appearance, NavPage, NavSection, OpenPage, Organisation, Shell, shell
from app.ui.skeleton import SkeletonShape, render_skeleton, skeleton
from app.ui.source import RunMark, SourceRow, render_sources, source_list
from app.ui.stylesheet import page_style, stylesheet
from app.ui.surface import surface
from app.ui.tone import Direction, Tone

__all__ = [
    "Action",
    "Alert",
    "Appearance",
    "Badge",
    "Bridge",
    "BridgeBar",
    "CardHeader",
    "Cell",
    "Change",
    "Contribution",
    "DataTable",
    "Direction",
    "EmptyState",
    "FooterLine",
    "InboxRow",
    "InsightRow",
    "KpiLoading",
    "KpiNotice",
    "KpiTile",
    "MetaItem",
    "NavPage",
    "NavSection",
    "OpenPage",
    "Organisation",
    "PageHead",
    "RunMark",
    "Sentence",
    "ShareCell",
    "Shell",
    "SkeletonShape",
    "SourceRow",
    "Span",
    "TableColumn",
    "Tile",
    "TileError",
    "Tone",
    "alert_box",
    "card",
    "card_header",
    "cards",
    "configuration",
    "configure",
    "data_table",
    "draw_bridge",
    "empty_state",
    "empty_tile",
    "error_box",
    "failed_tile",
    "footer_line",
    "inbox_list",
    "insight_list",
    "kpi_cells",
    "kpi_grid",
    "kpi_tile",
    "page_bar",
    "page_head",
    "page_style",
    "plain",
    "refused_tile",
    "render_alert",
    "render_badge",
    "render_bridge",
    "render_card_header",
    "render_change",
    "render_empty",
    "render_error",
    "render_footer",
    "render_inbox",
    "render_insights",
    "render_meta",
    "render_page_head",
    "render_skeleton",
    "render_sources",
    "render_table",
    "render_tile",
    "shell",
    "skeleton",
    "source_list",
    "stylesheet",
    "surface",
    "tenant_logo",
    "tenant_mark",
    "text_rows",
]
