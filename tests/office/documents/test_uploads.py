"""What comes in over the API carries only what its function needs, and no malware."""

import pytest

from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.models import Document
from tests.background import run_jobs
from tests.calling import get, key_of, post
from tests.office.documents.test_api import fetched, told
from tests.people import make_tenant
from tests.scanner import EICAR, fake_clamd

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("FW-042")
def test_unknown_fields_come_back_as_a_list_of_errors_and_an_infected_file_is_quarantined(settings):
    """Visitor 6.4.6: only what the function needs, and no malware."""
    tenant = make_tenant()
    key = key_of(tenant, "documents.read", "documents.file")
    status, problem = post(key, "/documents", told(religion="keine", blood_group="0", title="Wartung"))
    assert (status, [fault["at"].rpartition(".")[2] for fault in problem["faults"]]) == (
        422,
        ["religion", "blood_group"],
    )
    with as_tenant(tenant.pk):
        assert Document.objects.count() == 0  # nothing of it was taken

    with fake_clamd() as settings.KONTOR_CLAMD:
        address = f"/documents/{post(key, '/documents', told(b'text ' + EICAR, 'bild.txt'))[1]['id']}"
        run_jobs()
        assert get(key, address)[1]["state"] == "INFECTED"
        assert fetched(key, address).status_code == 404
    with as_tenant(tenant.pk):
        assert history_of(Document.objects.get().pk)[0].verb == "documents.quarantined"
