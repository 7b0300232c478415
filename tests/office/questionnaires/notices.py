"""A tenant's privacy notice, published as its administrator does it."""

from django.test import Client

from kontor.kernel.models import Tenant
from tests.people import administrator, browser

FORM = {"name": "Alder AG", "address": "Erle 3", "email": "ds@alder.example", "authority": "LfDI"}


def publish_notice(tenant: Tenant) -> Client:
    """Publish both parts; return the browser of whoever did."""
    client = browser(administrator(tenant, "mara@alder.example", "Mara"), tenant)
    client.post("/privacy/notice/details/", FORM)
    for part in ("general", "service"):  # each afresh: one part names the other
        shown = {each.part: sha256 for each, _, sha256 in client.get("/privacy/notice/").context["rows"]}
        client.post(f"/privacy/notice/{part}/publish/", {"shown": shown[part]})
    return client
