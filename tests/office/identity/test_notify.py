"""The administrators of a tenant hear of what concerns its access."""

import pytest

from kontor.kernel.models import Event
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.notify import tell_administrators
from kontor.rulebook.ruling import Text
from tests.factories import AT, make_user
from tests.people import administrator, join, mails, make_tenant

pytestmark = pytest.mark.django_db

SUBJECT, TEXT = Text("Betreff", "Subject"), Text("Inhalt", "Content")


def test_every_administrator_is_written_to_in_their_language_and_nobody_else():
    tenant, other = make_tenant(), make_tenant("Birke")
    administrator(tenant)
    speaks_english = make_user("joe@alder.example", "Joe")
    speaks_english.language = "en"
    speaks_english.save()
    join(tenant, speaks_english)
    join(tenant, make_user("pia@alder.example", "Pia"), role="Reader")
    administrator(other, "kim@birke.example", "Kim")

    with as_tenant(tenant.pk):
        tell_administrators(SUBJECT, TEXT, about=None, at=AT)

    written = {(mail.to, mail.subject, mail.text) for mail in mails(tenant)}
    assert written == {("jana@alder.example", "Betreff", "Inhalt"), ("joe@alder.example", "Subject", "Content")}
    assert mails(other) == []
    with as_tenant(tenant.pk):
        assert list(Event.objects.filter(kind="identity.administrators_told").values_list("payload", flat=True)) == [
            {"count": 2}
        ]
