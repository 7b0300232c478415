"""Addresses of a tenant's own: proved before they count, by whose server they leave, and never another tenant's."""

from datetime import timedelta
from typing import Any

import pytest

from kontor.kernel.actions import senders
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, Sender
from kontor.kernel.queries.mail import letter
from kontor.kernel.queries.senders import is_proved, way_of
from kontor.kernel.reaching import InnerAddressError, connected
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.refusal import RefusalError
from tests.kernel.conftest import AT

pytestmark = pytest.mark.django_db
DESK = "desk@alder.example"
OWN = {"address": DESK, "host": "mail.alder.example", "port": 465, "security": "TLS", "user": DESK}
OURS = {"address": DESK, "host": "", "user": ""}
DAY = timedelta(days=1)


PASSWORD = "alder-tree"


def keep(row: Sender | None = None, *, password: str = PASSWORD, proved: bool = False, **told: Any) -> Sender:
    return senders.keep_sender(
        row.pk if row else None, {**OWN, **told}, password=password, proved=proved, at=AT, actor=MACHINE
    )


def way(**told: Any) -> Any:
    (mail,) = send_mails([NewMail(to="anna@birch.example", subject="x", text="x", **{"sender": DESK, **told})], at=AT)
    found = way_of(letter(mail.pk), inner=False)
    return found.sender, found.reply_to, found.server and found.server.host


def test_an_address_counts_once_its_code_was_typed_in_and_another_tenant_never_sees_it(alder, birch):
    with as_tenant(alder.pk):
        row = keep(address="Desk@Alder.example")
        assert (is_proved(DESK), way(reply_to=DESK)) == (False, ("", DESK, None))
        mail = OutgoingMail.objects.get(about_id=row.pk)
        assert (mail.to, row.code in mail.text if row.code else None) == (DESK, None)
        row.refresh_from_db()
        assert row.code is not None
        assert row.code in mail.text
        for code, at in (("", AT), ("0000-0000-0000", AT), (row.code, AT + 8 * DAY)):
            with pytest.raises(RefusalError):
                senders.prove_sender(row.pk, code, at=at, actor=MACHINE)
        senders.prove_sender(row.pk, row.code.lower(), at=AT, actor=MACHINE)
        assert (is_proved(DESK), way(reply_to=DESK)) == (True, (DESK, DESK, "mail.alder.example"))
        senders.send_code(row.pk, at=AT, actor=MACHINE)  # it is proved: nothing is sent
        assert OutgoingMail.objects.filter(about_id=row.pk).count() == 1
        assert way(sender="") == ("", "", None)
        with pytest.raises(RefusalError, match="listed already"):
            keep()
    with as_tenant(birch.pk):
        assert (is_proved(DESK), way(), list(Sender.objects.all())) == (False, ("", "", None), [])
        with pytest.raises(Sender.DoesNotExist):
            senders.end_sender(row.pk, at=AT, actor=MACHINE)


def test_by_the_platform_only_the_answers_go_to_it_and_another_address_is_to_be_proved_anew(alder):
    with as_tenant(alder.pk):
        row = keep(proved=True, password="", **OURS)
        assert (way(), way(reply_to="x@alder.example")) == (("", DESK, None), ("", "x@alder.example", None))
        assert not OutgoingMail.objects.filter(about_id=row.pk).exists()  # its domain is known to be theirs
        row = keep(row)
        assert (row.proved_at, row.password) == (AT, "alder-tree")
        assert keep(row, password="", port=587).password == "alder-tree"
        row = keep(row, address="else@alder.example")
        assert (row.proved_at, OutgoingMail.objects.get(about_id=row.pk).to) == (None, "else@alder.example")
        assert keep(row, password="", address="else@alder.example", host="", user="").password is None
        senders.end_sender(row.pk, at=AT, actor=MACHINE)
        assert (Sender.objects.get().password, way(sender="else@alder.example")) == (None, ("", "", None))


def test_a_code_that_arrives_in_a_mailbox_of_the_tenant_proves_the_address_by_itself(alder):
    with as_tenant(alder.pk):
        row = keep()
        text = OutgoingMail.objects.get(about_id=row.pk).text
        assert not senders.prove_by_mail("Urlaub", at=AT)
        assert not senders.prove_by_mail(text, at=AT + 8 * DAY)
        assert senders.prove_by_mail(f"> {text}", at=AT)
        assert is_proved(DESK)


def test_a_tenant_s_server_never_stands_in_an_inner_network(settings):
    settings.KONTOR_WEBHOOKS_PRIVATE = False
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254"):
        with pytest.raises(InnerAddressError):
            connected(host, 25, inner=False)
    with pytest.raises(OSError, match="no-such"):
        connected("no-such.invalid", 25, inner=False)
