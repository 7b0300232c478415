"""What the demo shows of limits and of money that goes back: mailings near their limit, requests, refunds, a paper."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

import pikepdf

from kontor.kernel.actions import quotas
from kontor.kernel.actions.meters import Use, meter_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.meters import midnight
from kontor.kernel.queries.quotas import quota_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import customer_terms, demo_figures as figures, overload, probing, usage
from kontor.office.contracts.models import Contract
from kontor.office.messages import public as messages
from kontor.rulebook.overload import Threshold

_MAILED: Final = 21_300  # of 25,000 that Web Pro allows in a month (leisure, Anhang 2): past the first warning
_DAY: Final = timedelta(days=1)
_TITLE: Final = b"BT /F1 16 Tf 70 760 Td (Einkaufsbedingungen der Alder & Soehne GmbH) Tj ET"


def tell_limits(contracts: Mapping[str, Contract], at: datetime) -> None:
    """Tell what came near its limit, what went back, and whose own terms were filed as excluded."""
    alder, kart = contracts["jonas@alder.example"], contracts["mats@kart-nord.example"]
    _mail(kart, at)
    _limit_requests(alder, at)
    _file_terms(alder, alder.concluded_at)
    books.refund_in_demo(
        alder.seller_id, alder.party_id, iban=figures.CUSTOMERS_IBAN, holder="Alder & Söhne GmbH", at=at - 4 * _DAY
    )
    _pay_online(contracts["rosa@ginster.example"], at - _DAY)


def _mail(contract: Contract, at: datetime) -> None:
    """Let a leisure centre send mailings in this month and the one before, and reserve what it sends tomorrow."""
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        limited = quota_of(messages.MAILINGS, at=at)
        assert limited is not None, "the demo's contract limits mailings"
        assert limited.month is not None
        month = midnight(limited.month.first, limited.zone)  # a month begins where its contract is, not at UTC's
        before, sent = month - _DAY, max(month, at - timedelta(hours=2))
        meter_many([Use(key=messages.MAILINGS, source="Herbstferien", at=before, quantity=18_400)])
        promise = messages.promise_mailing("Winterpokal", recipients=_MAILED, at=sent, until=at + _DAY)
        used = [Use(key=messages.MAILINGS, source="Winterpokal", at=sent, quantity=_MAILED)]  # in one sum, unsent
        quotas.use_reserved(promise, used, at=sent)
        messages.promise_mailing("Adventsrennen", recipients=2_000, at=at, until=at + 2 * _DAY)
    usage.state_use([contract.pk], at=at, actor=MACHINE)


def _limit_requests(contract: Contract, at: datetime) -> None:
    """Limit requests, and let one client send more than its share often enough to open a case."""
    threshold = Threshold(minutes=3, within_minutes=60, decide_days=5)
    overload.set_overload_rule(
        per_minute=600, per_client=240, threshold=threshold, reason="Last auf gemeinsamen Servern",
        at=at - 30 * _DAY, actor=MACHINE,
    )  # fmt: skip
    probing.set_probe_rule(
        reads_per_hour=120, decide_days=14, reason="Leistungsvergleiche sind untersagt", at=at - 30 * _DAY,
        actor=MACHINE,
    )  # fmt: skip
    hour = (at - timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    probe = {"hour": hour.isoformat(), "client": f"key:{contract.pk}", "limit": 120, "count": 121}
    probing.note_probing(
        {"contract": str(contract.pk), "address": "/api/v1/usage", **probe}, at=at - timedelta(hours=4)
    )
    for place in range(threshold.minutes):
        minute = (at - timedelta(hours=3, minutes=place)).replace(second=0, microsecond=0)
        told = {"minute": minute.isoformat(), "client": f"key:{contract.pk}", "limit": 240, "count": 900 + place}
        overload.note_overload({"contract": str(contract.pk), **told}, at=at - timedelta(hours=3))


def _file_terms(contract: Contract, at: datetime) -> None:
    """File the customer's own terms, which came with its order, as excluded (visitor 1.4)."""
    paper = customer_terms.Attached(content=_paper(), name="einkaufsbedingungen.pdf", received_on=at.date())
    customer_terms.file_customer_terms(contract.offer_id, paper, at=at, actor=MACHINE)


def _paper() -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.obj.Contents = document.make_stream(_TITLE)
    written = BytesIO()
    document.save(written, deterministic_id=True)
    return written.getvalue()


def _pay_online(contract: Contract, at: datetime) -> None:
    """Let a customer pay its newest open invoice online, where the demo's payment service is there."""
    known = books.invoices_about(contract.pk, today=at.date())
    books.pay_online_in_demo(next(each.id for each in known if each.open.minor > 0), at=at)
