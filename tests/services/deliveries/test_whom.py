"""Who is named by a list of recipients: teams as they are at the time, and addresses outside as guests."""

import pytest
from sqlalchemy import select

from core.errors import ForbiddenError, InvalidError
from services.deliveries.choices import recipient_choices
from services.deliveries.deliver import deliver_now
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.sending import unsubscribe_address
from services.deliveries.spec import DeliveryState
from services.deliveries.unsubscribe import unsubscribe
from services.deliveries.worker import deliver_due
from services.guests.rules import GuestRules, change_rules
from services.members import deactivate_member
from services.policies import apply_policies
from services.roles import save_role
from services.teams import save_team
from tenants.access import operator
from tenants.schema import AuditRow
from tests.mail_server import html_of
from tests.services.deliveries.conftest import World

PETE = "pete@partner.example"
GUESTS = "policy: guests\nroles: [visitor]\nrows: [{dimension: region, in: [APAC]}]\n"


def let_out(world: World, *, policy: str = GUESTS) -> None:
    """Reports may go outside, to see what visitors see."""
    save_role(
        world.platform, world.admin, name="visitor", description="", permissions=["metric:query", "notebook:read"]
    )
    apply_policies(world.platform, world.admin, {"guests.yaml": policy})
    change_rules(world.platform, world.admin, GuestRules(role="visitor", has_deliveries=True))


def test_a_team_is_who_is_in_it_and_below_it_when_the_report_goes_out(world: World) -> None:
    def team(name: str, *members: str, above: str | None = None, was: str | None = None) -> None:
        people = [f"{member}@acme.example" for member in members]
        save_team(world.platform, world.admin, name=name, was=was, above=above, managers=people[:1], members=people[1:])

    team("Sales West", "xena")
    team("Field", "amy", above="Sales West")
    world.schedule("team:Sales West")
    world.deliver_next()
    assert sorted(world.mail.recipients) == ["amy@acme.example", "xena@acme.example"]
    team("Field", "emma", above="Sales West", was="Field")
    world.mail.recipients.clear()
    world.deliver_next()
    assert sorted(world.mail.recipients) == ["emma@acme.example", "xena@acme.example"]
    with pytest.raises(InvalidError, match=r"'sales west' is not a team.*Sales West"):
        world.schedule("team:sales west", name="other")


def test_who_leaves_a_team_between_render_and_send_gets_nothing(world: World) -> None:
    save_team(world.platform, world.admin, name="Field", managers=["amy@acme.example"], members=["emma@acme.example"])
    world.schedule("team:Field")
    world.mail.refusal = lambda _to: "451 later"
    deliver_now(world.platform, world.admin, "weekly")
    world.mail.refusal = lambda _to: ""
    save_team(world.platform, world.admin, name="Field", was="Field", managers=[], members=["emma@acme.example"])
    world.clock.move(minutes=2)
    deliver_due(world.platform)
    assert world.mail.recipients == ["emma@acme.example"]


def test_an_address_outside_gets_what_the_guests_role_sees_and_the_log_says_so(world: World) -> None:
    let_out(world)
    world.schedule("role:manager", f"outside:{PETE.upper()}")
    world.deliver_next()
    assert sorted(world.mail.recipients) == ["amy@acme.example", "emma@acme.example", PETE]
    (mine,) = world.mail.to(PETE)
    assert "$3,000" in html_of(mine)
    assert "AMER" not in html_of(mine)
    (delivery,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient=PETE))
    assert (delivery.state, delivery.policies) == (DeliveryState.SENT, ("guests",))
    assert delivery.policy_sentence.startswith("As a guest of the role visitor: ")
    with world.platform.session() as session:
        sent = session.scalars(
            select(AuditRow.data).where(AuditRow.action == "delivery:sent", AuditRow.subject == PETE)
        )
        assert [one["policies"] for one in sent] == [["guests"]]


@pytest.mark.parametrize("asked", ["member.regions", "member.email"])
def test_a_policy_that_asks_who_reads_shows_somebody_outside_nothing(world: World, asked: str) -> None:
    let_out(world, policy=GUESTS.replace("[APAC]", asked))
    world.schedule(f"outside:{PETE}")
    world.deliver_next()
    (delivery,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient=PETE))
    assert (delivery.state, delivery.row_counts) == (DeliveryState.SENT, {"by_region": 0})


def test_nothing_goes_outside_until_the_organisation_allows_it_and_no_more_once_it_does_not(world: World) -> None:
    with pytest.raises(ForbiddenError, match="nothing is sent outside here"):
        world.schedule(f"outside:{PETE}")
    let_out(world)
    world.schedule(f"outside:{PETE}")
    world.mail.refusal = lambda _to: "451 later"
    deliver_now(world.platform, world.admin, "weekly")
    change_rules(world.platform, world.admin, GuestRules(role="visitor"))
    world.mail.refusal = lambda _to: ""
    world.clock.move(minutes=2)
    deliver_due(world.platform)
    assert world.mail.messages == []
    (delivery,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient=PETE))
    assert (delivery.state, "lets no deliveries go outside" in delivery.reason) == (DeliveryState.SKIPPED, True)


def test_somebody_outside_leaves_by_the_address_in_their_message(world: World) -> None:
    let_out(world)
    world.schedule(f"outside:{PETE}")
    world.deliver_next()
    (delivery,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient=PETE))
    unsubscribe(world.platform, unsubscribe_address(world.platform, delivery.id).rpartition("/")[2])
    world.deliver_next()
    assert world.mail.recipients == [PETE]


def test_a_member_is_named_as_one_and_does_not_become_somebody_outside(world: World) -> None:
    let_out(world)
    with pytest.raises(InvalidError, match="is a member: name them without outside:"):
        world.schedule("outside:amy@acme.example")
    with pytest.raises(InvalidError, match="is not an e-mail address"):
        world.schedule("outside:pete")
    world.schedule("amy@acme.example")
    deactivate_member(world.platform, world.admin, world.members["amy"].member_id or "")
    world.deliver_next()
    assert world.mail.messages == []


def test_the_choices_are_of_the_own_tenant_only(world: World) -> None:
    save_team(world.platform, world.admin, name="Field", managers=[], members=[])
    other = operator(world.platform.tenant("other"))
    choices = recipient_choices(world.platform, world.admin)
    assert {"role:manager", "team:Field", "amy@acme.example"} <= set(choices.names)
    assert not choices.may_leave
    assert not {"team:Field", "amy@acme.example"} & set(recipient_choices(world.platform, other).names)
