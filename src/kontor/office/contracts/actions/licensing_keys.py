"""Delivering electronic licence keys, and the keys of the house that sign them."""

import base64
import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import Amendment, Contract, LicenceKey, LicenceSigner
from kontor.office.contracts.queries.licence_letters import key_mail
from kontor.office.contracts.queries.licences import Granting, day_of, grantings, latest_keys, licenses_computers
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.licence_keys import LicenceDocument, new_secret, public_of, signed

OWN_WORDS = ("number", "issued")  # what differs between two keys that say the same


@transaction.atomic
def add_signer(*, at: datetime, actor: Actor) -> LicenceSigner:
    """Make a further signing key; from now on it signs, and the older ones still prove what they signed."""
    take_turns("licence signer")
    last = LicenceSigner.objects.aggregate(last=Max("number"))["last"] or 0
    secret = new_secret()
    public = public_of(secret)
    made = LicenceSigner.objects.create(
        number=last + 1, kid=public["kid"], public=public, secret=base64.b64encode(secret).decode(), made_at=at
    )
    record("contracts.licence_signer_added", made, at=at, actor=actor, after={"kid": made.kid})
    return made


@transaction.atomic
def deliver_keys(contract_id: uuid.UUID, *, at: datetime, actor: Actor) -> list[LicenceKey]:
    """
    Deliver the keys of a contract and return those that are new: one for each product whose licence has changed.

    Repeating it changes nothing. RefusalError where the offer does not say for how long a licence is granted.
    """
    take_turns(f"licence {contract_id}")
    contract = Contract.objects.select_related("offer").get(pk=contract_id)
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    found = grantings(contract, rows, at=at)
    if not found:
        return []
    signer = LicenceSigner.objects.order_by("-number").first() or add_signer(at=at, actor=actor)
    latest = {key.product: key for key in latest_keys(contract_id, own=True)}
    new = [each for each in found if not _says_so(latest.get(each.licence.product), contract, each, signer)]
    made = [_delivered(contract, each, signer, at=at, actor=actor) for each in new]
    if made:
        letter = key_mail(contract, link=absolute("contracts:account-licences", contract.pk))
        send_mail(
            to=contract.terms["notice_customer"], to_name=contract.customer_name, subject=letter.subject,
            text=letter.text, about=contract, at=at, reply_to=contract.terms["seller"]["email"],
        )  # fmt: skip
        publish("contracts.licence_moved", {"contract": str(contract.pk)}, at=at)
    return made


def renew_keys(*, at: datetime) -> None:  # noqa: ARG001  as all actions
    """Have the keys of every contract looked at that has some, one by one: a term was renewed, an end is known."""
    contracts = LicenceKey.objects.order_by("contract_id").values_list("contract_id", flat=True).distinct()
    told = [(current_tenant(), {"contract": str(each)}) for each in contracts]
    queue_many("contracts.deliver_licences", told)


def deliver_later(contract: Contract) -> None:
    """Have a contract's keys delivered after this transaction, where its terms license computers."""
    if licenses_computers(pack_of_terms(contract.terms)):
        queue("contracts.deliver_licences", current_tenant(), contract=str(contract.pk))


def take_turns(what: str) -> None:
    """Let what is done about one thing in this tenant be done one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_tenant()} {what}"])


def _says_so(key: LicenceKey | None, contract: Contract, granting: Granting, signer: LicenceSigner) -> bool:
    if key is None or key.kid != signer.kid:
        return False
    told = _document(contract, granting, number="", at=key.at)
    said = {name: value for name, value in key.says.items() if name not in OWN_WORDS}
    return said == {name: value for name, value in told.model_dump(mode="json").items() if name not in OWN_WORDS}


def _delivered(
    contract: Contract, granting: Granting, signer: LicenceSigner, *, at: datetime, actor: Actor
) -> LicenceKey:
    last = LicenceKey.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    document = _document(contract, granting, number=f"{contract.number}/{last + 1}", at=at)
    ruling = store_ruling(
        granting.ruling, question="contracts.licence", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    assert signer.secret is not None, "a signer is made with its secret"
    key = LicenceKey.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, number=last + 1,
        product=granting.licence.product, kid=signer.kid, says=document.model_dump(mode="json"),
        text=signed(document, base64.b64decode(signer.secret)), ruling=ruling, at=at,
    )  # fmt: skip
    after: dict[str, Any] = {"number": document.number, "computers": document.computers, "last": document.last}
    record("contracts.licence_delivered", contract, at=at, actor=actor, ruling=ruling, after=after)
    return key


def _document(contract: Contract, granting: Granting, *, number: str, at: datetime) -> LicenceDocument:
    licence = granting.licence
    return LicenceDocument(
        number=number, vendor=contract.seller_name, customer=contract.customer_name, contract=contract.number,
        product=licence.product, modules=granting.modules, granted=licence.granted.value, sites=licence.sites,
        computers=licence.computers, first=licence.first, last=licence.last,
        issued=day_of(pack_of_terms(contract.terms), at),
    )  # fmt: skip
