"""Schedules delivered by mail: each reader their own rows, each period once, everything on record."""

import asyncio
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError
from services.backups import back_up
from services.definitions import apply_definitions
from services.deliveries.deliver import deliver_now, deliver_test
from services.deliveries.history import DeliveryFilter, list_deliveries, open_delivered
from services.deliveries.schedules import add_schedule, list_schedules, pause_schedule, remove_schedule
from services.deliveries.spec import DeliveryState, OnProblem, Plan, RunKind
from services.deliveries.worker import deliver_due
from services.imports import load_tables
from services.keys import rotate_tenant
from services.policies import apply_policies
from services.restore import restore_backup
from tenants.access import Permission, Role, operator, permissions_of
from tenants.access.member_roles import give_roles
from tenants.delivery_schema import DeliveryRunRow
from tenants.schema import AuditRow, MemberRow, SecretRow
from tests.mail_server import attachments, html_of
from tests.services.deliveries.conftest import AMOUNTS, ORDERS, POLICY, World, orders


def regions_in(pdf: bytes) -> set[str]:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return {region for region in AMOUNTS if region in text.split("Rows where")[0]}


def everything(world: World) -> DeliveryFilter:
    return DeliveryFilter()


def test_each_reader_gets_their_own_rows(world: World) -> None:
    world.schedule("role:manager", "xena@acme.example", formats=("pdf", "xlsx"))
    assert world.deliver_next() == 1
    seen = {
        "emma@acme.example": {"EMEA"},
        "amy@acme.example": {"AMER"},
        "xena@acme.example": {"AMER", "APAC", "EMEA"},
    }
    assert sorted(world.mail.recipients) == sorted(seen)
    for recipient, regions in seen.items():
        (message,) = world.mail.to(recipient)
        files = attachments(message)
        assert set(files) == {"review.pdf", "review.xlsx"}
        assert regions_in(files["review.pdf"]) == regions
        book = CalamineWorkbook.from_filelike(io.BytesIO(files["review.xlsx"]))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        cells = {str(cell) for sheet in sheets for row in sheet for cell in row}
        assert cells & set(AMOUNTS) == regions
        assert {region for region in AMOUNTS if f">{region}<" in html_of(message)} == regions


def test_readers_of_equal_policy_share_one_render_and_get_the_same_bytes(world: World) -> None:
    for name in ("ada", "bea", "cleo"):
        world.add(name, "manager", "EMEA")
    world.schedule("role:manager")
    world.deliver_next()
    found = list_deliveries(world.platform, world.admin, everything(world))
    hashes = {one.recipient.split("@")[0]: one.files[2].sha256 for one in found}
    assert len(found) == 5
    assert hashes["ada"] == hashes["bea"] == hashes["cleo"] == hashes["emma"] != hashes["amy"]
    with world.platform.session() as session:
        read = select(AuditRow.actor).where(AuditRow.action == "data:accessed").distinct()
        assert len(session.scalars(read).all()) == 2


def test_a_message_is_from_the_tenant_encrypted_signed_in_and_says_how_to_leave(world: World) -> None:
    world.schedule("emma@acme.example")
    world.deliver_next()
    (message,) = world.mail.messages
    assert message["From"] == "Acme · Plumbline <reports@plumbline.example>"
    assert message["To"] == "emma@acme.example"
    assert message["Subject"] == "Review, 4 Dec 2026"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://localhost:8080/unsubscribe/")
    assert address in html_of(message)
    assert "unsubscribe.invalid" not in message.as_string()
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "Value this year: $10" in plain.get_content()


def test_the_log_keeps_policy_rows_version_and_hash_and_opens_the_very_file(world: World) -> None:
    world.schedule("role:manager")
    world.deliver_next()
    sent = attachments(world.mail.to("emma@acme.example")[0])["review.pdf"]
    chosen = DeliveryFilter(recipient="Emma@acme.example", day=dt.date(2026, 12, 4))
    (found,) = list_deliveries(world.platform, world.admin, chosen)
    assert found.state is DeliveryState.SENT
    assert found.policies == ("regional",)
    assert found.policy_sentence == "Rows where region is EMEA (policy regional)."
    assert found.row_counts == {"by_region": 1}
    assert (found.document_version, found.watermark) == (1, 1)
    assert found.receipt == "taken as 42"
    file = found.files[2]
    assert (file.name, file.sha256) == ("review.pdf", hashlib.sha256(sent).hexdigest())
    assert open_delivered(world.platform, world.admin, found.id, "review.pdf") == sent
    assert list_deliveries(world.platform, world.admin, DeliveryFilter(day=dt.date(2026, 12, 3))) == []
    with world.platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.startswith("delivery:")))
        said = [(row.action, row.actor, row.subject, row.data.get("rows")) for row in rows]
    assert ("delivery:sent", "operator", "emma@acme.example", {"by_region": 1}) in said
    assert ("delivery:opened", "operator", "emma@acme.example", None) in said


def test_a_member_sees_their_own_deliveries_and_no_other_tenant_any(world: World) -> None:
    world.schedule("role:manager")
    world.deliver_next()
    emma, xena = world.members["emma"], world.members["xena"]
    assert [one.recipient for one in list_deliveries(world.platform, emma, everything(world))] == [emma.email]
    assert list_deliveries(world.platform, xena, everything(world)) == []
    stranger = operator(world.platform.tenant("other"))
    assert list_deliveries(world.platform, stranger, everything(world)) == []
    amys = next(
        one for one in list_deliveries(world.platform, world.admin, everything(world)) if "amy" in one.recipient
    )
    for principal in (emma, xena, stranger):
        with pytest.raises(ForbiddenError):
            open_delivered(world.platform, principal, amys.id, "review.pdf")


def test_a_period_is_delivered_once_however_often_it_is_looked_for(world: World) -> None:
    world.schedule("role:manager")
    assert world.deliver_next() == 1
    assert deliver_due(world.platform) == 0
    assert len(world.mail.messages) == 2
    assert world.deliver_next() == 1
    assert len(world.mail.messages) == 4


def test_a_4xx_answer_is_tried_again_and_a_5xx_answer_is_kept(world: World) -> None:
    world.schedule("role:manager")
    world.mail.refusal = lambda to: "451 try later" if to.startswith("amy") else "550 no such mailbox"
    world.deliver_next()
    by_name = {one.recipient: one for one in list_deliveries(world.platform, world.admin, everything(world))}
    assert by_name["emma@acme.example"].state is DeliveryState.FAILED
    assert by_name["emma@acme.example"].reason == "Refused: 550 no such mailbox"
    assert by_name["amy@acme.example"].state is DeliveryState.RENDERED
    assert by_name["amy@acme.example"].reason == "451 try later"
    world.mail.refusal = lambda _to: ""
    assert deliver_due(world.platform) == 0
    world.clock.move(minutes=1)
    assert deliver_due(world.platform) == 1
    assert world.mail.recipients == ["amy@acme.example"]


def test_a_recipient_who_left_between_render_and_send_gets_nothing(world: World) -> None:
    world.schedule("role:manager", "xena@acme.example")
    world.mail.refusal = lambda _to: "451 try later"
    world.deliver_next()
    world.mail.refusal = lambda _to: ""
    with world.platform.session() as session:
        session.get_one(MemberRow, world.members["emma"].member_id).is_active = False
        give_roles(session, world.members["amy"].member_id or "", ["executive"])
    world.clock.move(minutes=5)
    deliver_due(world.platform)
    assert world.mail.recipients == ["xena@acme.example"]
    reasons = {one.recipient: one.reason for one in list_deliveries(world.platform, world.admin, everything(world))}
    assert reasons["emma@acme.example"] == "emma@acme.example is no member any more."
    assert reasons["amy@acme.example"] == "amy@acme.example is not on the list any more."


def test_a_policy_that_changed_between_render_and_send_is_rendered_again(world: World) -> None:
    world.schedule("emma@acme.example")
    world.mail.refusal = lambda _to: "451 try later"
    world.deliver_next()
    world.mail.refusal = lambda _to: ""
    apply_policies(world.platform, world.admin, {"regional.yaml": POLICY.replace("member.regions", "[APAC]")})
    world.clock.move(minutes=5)
    deliver_due(world.platform)
    (message,) = world.mail.to("emma@acme.example")
    assert regions_in(attachments(message)["review.pdf"]) == {"APAC"}
    (found,) = list_deliveries(world.platform, world.admin, everything(world))
    assert found.policy_sentence == "Rows where region is APAC (policy regional)."


def test_a_policy_that_no_longer_fits_the_data_sends_nothing(world: World) -> None:
    world.schedule("role:manager", "xena@acme.example")
    load_tables(world.platform, world.admin, {"orders": orders(AMOUNTS).drop_columns(["region"])})
    world.deliver_next()
    found = {one.recipient: one for one in list_deliveries(world.platform, world.admin, everything(world))}
    assert world.mail.recipients == ["xena@acme.example"]
    assert found["emma@acme.example"].state is DeliveryState.FAILED
    assert found["emma@acme.example"].reason.startswith("Nothing is shown, because a row policy no longer fits")


def test_a_cell_that_fails_is_told_in_its_place_or_holds_the_report(world: World) -> None:
    world.schedule("xena@acme.example")
    world.schedule("xena@acme.example", name="strict", on_problem=OnProblem.HOLD)
    apply_definitions(
        world.platform, world.admin, {"orders.yaml": ORDERS.replace("region: {column: region}", "r: {column: region}")}
    )
    world.deliver_next()
    (message,) = world.mail.messages
    assert "by_region could not be shown" in html_of(message)
    held = list_deliveries(world.platform, world.admin, DeliveryFilter(schedule="strict"))
    assert [(one.state, one.reason.split(":")[0]) for one in held] == [(DeliveryState.FAILED, "Held back")]


@pytest.mark.parametrize(
    ("condition", "sent"),
    [("has rows", 2), ("value over 100", 1), ("value under 100", 1), ("value over 100000", 0), ("changed", 2)],
)
def test_a_condition_is_judged_on_each_readers_own_rows(world: World, condition: str, sent: int) -> None:
    world.schedule("role:manager", condition=condition)
    world.deliver_next()
    assert len(world.mail.messages) == sent


def test_nothing_is_sent_again_while_nothing_changed(world: World) -> None:
    world.schedule("role:manager", condition="changed")
    world.deliver_next()
    world.deliver_next()
    assert len(world.mail.messages) == 2
    load_tables(world.platform, world.admin, {"orders": orders({**AMOUNTS, "EMEA": 11})})
    world.deliver_next()
    assert world.mail.recipients[2:] == ["emma@acme.example"]


def test_deliver_now_does_not_wait_for_the_time_or_the_condition(world: World) -> None:
    world.schedule("role:manager", condition="value over 100000")
    delivered = deliver_now(world.platform, world.admin, "weekly")
    assert [(one.recipient, one.state, one.kind) for one in delivered] == [
        ("amy@acme.example", DeliveryState.SENT, RunKind.MANUAL),
        ("emma@acme.example", DeliveryState.SENT, RunKind.MANUAL),
    ]


def test_a_test_goes_to_who_asks_with_their_own_rows(world: World) -> None:
    analyst = world.add("ann", "analyst")
    world.schedule("role:manager")
    (delivered,) = deliver_test(world.platform, analyst, "weekly")
    assert (delivered.recipient, delivered.state) == ("ann@acme.example", DeliveryState.SENT)
    assert world.mail.messages[0]["Subject"] == "Test: Review, 27 Nov 2026"
    with pytest.raises(ConflictError, match="the operator has no address"):
        deliver_test(world.platform, world.admin, "weekly")


def test_a_paused_schedule_waits_and_a_removed_one_stops_what_is_under_way(world: World) -> None:
    world.schedule("role:manager")
    pause_schedule(world.platform, world.admin, "weekly", is_paused=True)
    assert world.deliver_next() == 0
    resumed = pause_schedule(world.platform, world.admin, "weekly", is_paused=False)
    assert resumed.next_at == dt.datetime(2026, 12, 7, 7, 0, tzinfo=dt.UTC)
    world.mail.refusal = lambda _to: "451 try later"
    world.deliver_next()
    world.mail.refusal = lambda _to: ""
    remove_schedule(world.platform, world.admin, "weekly")
    world.clock.move(minutes=5)
    deliver_due(world.platform)
    assert world.mail.messages == []
    found = list_deliveries(world.platform, world.admin, DeliveryFilter(schedule="weekly"))
    assert {(one.state, one.reason) for one in found} == {(DeliveryState.SKIPPED, "The schedule was removed.")}


def test_a_schedule_without_anybody_to_send_to_says_so(world: World) -> None:
    world.schedule("role:analyst")
    world.deliver_next()
    with world.platform.session() as session:
        assert session.scalars(select(DeliveryRunRow.reason)).all() == ["There was nobody to send to."]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "No"}, "cannot be a schedule's name"),
        ({"cron": "0 8 * *"}, "it needs minute, hour, day, month, weekday"),
        ({"cron": "0 25 * * *"}, "is not a cron time: Bad hour"),
        ({"cron": "* * * * *"}, "more often than every five minutes"),
        ({"cron": "0 0 30 2 *"}, "is not a cron time: Bad day-of-month"),
        ({"zone": "Europe/Berln"}, "is not a time zone. Did you mean Europe/Berlin"),
        ({"notebook": "reviw"}, "no notebook 'reviw' here. Did you mean review"),
        ({"formats": ("pdff",)}, "no report format 'pdff'. Did you mean pdf"),
        ({"condition": "valu over 3"}, "no metric cell 'valu'. Did you mean value"),
        ({"condition": "often"}, "is not a condition"),
        ({"channel": {"kind": "pigeon"}}, "no channel 'pigeon'"),
        ({"recipients": ()}, "needs recipients"),
        ({"recipients": ("role:managr",)}, "'managr' is not a role. Did you mean manager"),
        ({"recipients": ("emma@other.example",)}, "has no member 'emma@other.example'"),
    ],
)
def test_a_schedule_that_cannot_work_is_refused_and_not_kept(
    world: World, change: dict[str, object], message: str
) -> None:
    recipients = change.pop("recipients", ("role:manager",))
    with pytest.raises((InvalidError, ForbiddenError), match=message):
        world.schedule(*recipients, **change)  # type: ignore[misc]
    assert list_schedules(world.platform, world.admin) == []


def test_a_name_is_used_once_in_a_tenant(world: World) -> None:
    world.schedule("role:manager")
    with pytest.raises(ConflictError, match="There is a schedule weekly already"):
        world.schedule("role:manager")


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_manages_schedules_and_reads_the_deliveries_of_others(world: World, role: Role) -> None:
    asking = world.add("pat", role.value)
    world.schedule("role:manager")
    world.deliver_next()
    held = permissions_of(role)
    calls: list[Callable[[], object]] = [
        lambda: list_schedules(world.platform, asking),
        lambda: pause_schedule(world.platform, asking, "weekly", is_paused=True),
        lambda: deliver_test(world.platform, asking, "weekly"),
        lambda: deliver_now(world.platform, asking, "weekly"),
        lambda: remove_schedule(world.platform, asking, "weekly"),
    ]
    for call in calls:
        if Permission.SCHEDULE_MANAGE in held:
            call()
        else:
            with pytest.raises(ForbiddenError):
                call()
    to_others = [
        one for one in list_deliveries(world.platform, asking, everything(world)) if one.recipient != asking.email
    ]
    assert bool(to_others) == (Permission.DELIVERY_READ in held)


def test_without_a_mail_server_a_schedule_is_refused_with_the_setting(world: World) -> None:
    bare = world.platform.settings.model_copy(update={"smtp_host": ""})
    world.platform.settings = bare
    with pytest.raises(InvalidError, match="PLUMBLINE_SMTP_HOST"):
        world.schedule("role:manager")


def test_a_delivered_file_opens_under_the_tenants_next_key(world: World) -> None:
    world.schedule("emma@acme.example")
    world.deliver_next()
    (found,) = list_deliveries(world.platform, world.admin, everything(world))
    rotate_tenant(world.platform, world.admin, lambda _step: None)
    sent = attachments(world.mail.messages[0])["review.pdf"]
    assert open_delivered(world.platform, world.admin, found.id, "review.pdf") == sent


def test_what_was_delivered_stays_when_a_tenant_is_put_back_and_is_not_delivered_again(
    world: World, tmp_path: Path
) -> None:
    world.schedule("emma@acme.example")
    world.deliver_next()
    made = back_up(world.platform, world.admin, folder=tmp_path, step=lambda _step: None)
    world.deliver_next()
    restore_backup(world.platform, made.backup.path, step=lambda _step: None)
    deliver_due(world.platform)
    assert len(world.mail.messages) == 2
    assert len(list_deliveries(world.platform, world.admin, everything(world))) == 2


def test_a_delivery_within_an_event_loop_is_sent(world: World) -> None:
    world.schedule("emma@acme.example")

    async def deliver() -> None:
        world.deliver_next()

    # In a thread of its own: another test of this process may keep a loop running here.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(deliver())).result()
    assert world.mail.recipients == ["emma@acme.example"]


def test_a_schedule_with_a_password_locks_its_pdf_and_tells_no_figure_beside_it(world: World) -> None:
    plan = Plan(name="locked", notebook="review", cron="0 8 * * mon", recipients=("xena@acme.example",))
    for password, formats, reason in (("short", ("pdf",), "8 characters"), ("correct horse", ("pdf", "xlsx"), "xlsx")):
        with pytest.raises(InvalidError, match=reason):
            add_schedule(world.platform, world.admin, replace(plan, formats=formats), password=password)
    add_schedule(world.platform, world.admin, plan, password="correct horse")
    (delivery,) = deliver_now(world.platform, world.admin, "locked")
    (message,) = world.mail.to("xena@acme.example")
    content = attachments(message)["review.pdf"]
    assert content == open_delivered(world.platform, world.admin, delivery.id, "review.pdf")
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.is_encrypted
    assert reader.decrypt("correct horse")
    assert "3,000" in "".join(page.extract_text() for page in reader.pages)
    assert not [region for region in AMOUNTS if region in html_of(message)]
    assert "opens with the password you were given" in html_of(message)
    with world.platform.session() as session:
        secrets = select(SecretRow.name).where(SecretRow.name.endswith(" password"))
        assert len(session.scalars(secrets).all()) == 1
    remove_schedule(world.platform, world.admin, "locked")
    with world.platform.session() as session:
        assert session.scalars(secrets).all() == []
