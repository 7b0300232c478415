"""Registering for a visit that has begun, and coming unannounced where one must be invited: refused, nothing kept."""

import uuid

import pytest

from kontor.products.visitors.actions import arriving, kiosk, registering
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.actions.inviting import Guest, Host, InvitationRefusedError
from kontor.products.visitors.models import Visit
from tests.products.visitors.visits import MONDAY, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
NELE = Guest(name="Nele Brandt", company="Brandt Elektro")


def test_whoever_is_inside_registers_no_more():
    with as_tenant(make_alder().pk):
        site, kind = make_site(), types()["Business visit"]
        visit = expect(site, kind)
        assert registering.register(visit.pk, Guest(name="Nele B.", phone="040 1"), by("link")).phone == "040 1"
        arriving.check_in(visit.pk, Arrival(site=site), by())
        with pytest.raises(InvitationRefusedError, match="has begun already"):
            registering.register(visit.pk, NELE, by("link"))
        assert Visit.objects.get().name == "Nele B."


def test_a_terminal_expects_nobody_of_a_kind_that_is_by_invitation_only():
    with as_tenant(make_alder().pk):
        site, kinds = make_site(), types()
        told = {"site": site, "terminal": uuid.uuid4(), "at": MONDAY}
        with pytest.raises(InvitationRefusedError, match="needs an invitation"):
            kiosk.announce(kinds["Applicant"], NELE, Host(name="Ida Wirt"), **told)
        assert Visit.objects.count() == 0
        assert kiosk.announce(kinds["Delivery"], NELE, Host(), **told).origin == Visit.Origin.WALK_IN
