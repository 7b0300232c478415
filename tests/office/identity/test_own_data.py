"""What people change about themselves: telephone, address, e-mail, and the history of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from kontor.kernel.actions.mail import MailAddressError
from kontor.office.identity.actions.own_address import AddressLinkError, ask_for_address, take_address
from kontor.office.identity.models import User
from tests.factories import AT, PASSWORD, make_user
from tests.people import administrator, browser, link_in, mails, make_tenant, role_of, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
NEW = "j.heitmann@alder.example"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield


def ask(client: Any, email: str = NEW, password: str = PASSWORD) -> Any:
    return client.post(reverse("identity:address-change"), {"email": email, "old": password})


@pytest.mark.requirement("SD-016")
def test_telephone_address_and_a_verified_e_mail_are_changed_and_stand_in_the_personal_history():
    alder = make_tenant()
    jana = administrator(alder)
    client = browser(jana, alder)
    said = {"name": jana.name, "language": "en", "phone": "+49 30 1234", "address": "Allee 1\nBerlin"}
    client.post(reverse("identity:profile"), said)
    shown = client.get(reverse("identity:profile"))

    assert shown.context["form"]["phone"].value() == "+49 30 1234"
    assert User.objects.get().address.splitlines() == ["Allee 1", "Berlin"]
    assert [moment.title for moment in shown.context["history"]] == ["Profile changed"]

    assert ask(client).status_code == 302
    assert User.objects.get().email == "jana@alder.example"  # not before the link is opened
    (asked,) = mails(alder)
    assert (asked.to, asked.subject) == (NEW, "Your new address for Kontor")
    link = link_in(asked.text)
    assert visitor().get(link).context["wish"].email == NEW
    assert User.objects.get().email == "jana@alder.example"  # nor by whatever opens links in mail by itself
    visitor().post(link)

    assert User.objects.get().email == NEW
    told = mails(alder)[-1]
    assert (told.to, told.subject) == ("jana@alder.example", "Your address for Kontor was changed")
    titles = [moment.title for moment in client.get(reverse("identity:profile")).context["history"]]
    assert titles == ["E-mail address changed", "Profile changed"]
    assert visitor().get(link).status_code == 404
    late, early = visitor(), visitor()
    sign_in(late, NEW)
    sign_in(early, "jana@alder.example")
    assert ("_auth_user_id" in late.session, "_auth_user_id" in early.session) == (True, False)
    assert verbs(alder, jana) == ["identity.profile_changed", "identity.address_changed"]


def test_a_link_to_another_address_is_good_for_a_day_and_cannot_be_forged():
    alder = make_tenant()
    jana = administrator(alder)
    ask_for_address(jana, NEW, language="de", at=AT)
    secret = link_in(mails(alder)[0].text).rstrip("/").rpartition("/")[2]

    for broken, at in ((secret, AT + timedelta(hours=24, seconds=1)), (secret[:-1], AT), ("x", AT)):
        with pytest.raises(AddressLinkError):
            take_address(broken, language="de", at=at)
    make_user(NEW, "Somebody else")
    with pytest.raises(AddressLinkError):
        take_address(secret, language="de", at=AT)
    assert visitor().post(reverse("identity:address", args=["x"])).status_code == 404


def test_asking_tells_nothing_about_other_accounts_and_needs_the_password():
    alder = make_tenant()
    jana = administrator(alder)
    make_user("taken@alder.example", "Taken")
    client = browser(jana, alder)

    assert ask(client, "taken@alder.example").status_code == ask(client, NEW).status_code == 302
    assert [mail.to for mail in mails(alder)] == [NEW]
    for email, password in ((NEW, "wrong"), ("JANA@alder.example", PASSWORD), ("no address", PASSWORD)):
        assert ask(client, email, password).status_code == 422
    assert len(mails(alder)) == 1
    with pytest.raises(MailAddressError):
        ask_for_address(jana, "jána@alder.example", language="en", at=timezone.now())


@pytest.mark.requirement("SO-037")
@pytest.mark.parametrize("email", ["", "tomke", "tomke@", "tomke@alder", "to mke@alder.example"])
def test_a_new_user_needs_a_valid_e_mail_and_of_their_own_no_more_than_name_and_contact_data(email):
    """Crm 9.2, 17: name, contact data, e-mail; that is all somebody new is entered with."""
    alder = make_tenant()
    client = browser(administrator(alder), alder)
    role = role_of(alder, "Empfang", ["identity.see"])
    of_work = {"kind": "EMPLOYEE", "language": "en", "roles": [str(role.pk)]}
    person = {"name": "Tomke Arends", "phone": "+49 40 1234"}

    refused = client.post(reverse("identity:invite"), {**of_work, **person, "email": email})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["email"])
    assert not User.objects.filter(name="Tomke Arends").exists()
    nameless = client.post(reverse("identity:invite"), {**of_work, "email": "tomke@alder.example"})
    assert list(nameless.context["form"].errors) == ["name"]

    taken = client.post(reverse("identity:invite"), {**of_work, **person, "email": "tomke@alder.example"})
    assert taken.status_code == 302
    made = User.objects.get(email="tomke@alder.example")
    assert (made.name, made.phone, made.address) == ("Tomke Arends", "+49 40 1234", "")
