"""Agreements under Art. 28 GDPR: issued from unchanged clauses, signed by both, joined by others."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.actions.register import keep_edition
from kontor.office.privacy.actions.subprocessors import announce_missing
from kontor.office.privacy.models import Accession, AgreementSignature, ProcessingAgreement
from kontor.office.privacy.queries.annexes import annexes, annexes_sha256, lacking
from kontor.office.privacy.queries.contracts import running_one
from kontor.rulebook.processing_clauses import unchanged
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Side = AgreementSignature.Side


@transaction.atomic
def issue_agreement(
    contract: uuid.UUID, *, amended: Mapping[str, str] | None = None, at: datetime, actor: Actor
) -> ProcessingAgreement:
    """
    Issue the agreement of a contract with annexes as they stand; a further one has the next number.

    amended  categories that annex II names besides the preset ones, each with its reason

    ChangedClausesError where somebody edited the clauses; LookupError for a contract under which nothing is processed.
    """
    clauses = unchanged()
    told = running_one(contract, at.date())
    announce_missing(at=at, actor=actor)
    number = ProcessingAgreement.objects.filter(contract=contract).count() + 1
    made = ProcessingAgreement.objects.create(
        contract=contract, contract_number=told.number, customer_tenant_id=told.customer_tenant,
        customer_name=told.customer, number=number, pack=told.pack.key, pack_version=told.pack.version,
        clauses_sha256=bytes.fromhex(clauses), annexes=annexes(told, at.date(), amended=amended), at=at,
    )  # fmt: skip
    record("privacy.agreement_issued", made, at=at, actor=actor, after={"number": number, "clauses": clauses})
    keep_edition(at=at, actor=actor)
    return made


@transaction.atomic
def sign_agreement(agreement: uuid.UUID, *, function: str, at: datetime, actor: Actor) -> AgreementSignature:
    """Sign for the processor; RefusalError where annex I lacks something, or it is signed."""
    return _signed(ProcessingAgreement.objects.get(pk=agreement), Side.PROCESSOR, function, at=at, actor=actor)


def sign_as_customer(row: Any, *, function: str, at: datetime, actor: Actor) -> AgreementSignature:
    """Sign for the controller, as `sign_agreement`."""
    made = _signed(row, Side.CONTROLLER, function, at=at, actor=actor)
    publish("privacy.agreement_signed", {"agreement": str(row.pk)}, at=at)
    return made


@transaction.atomic
def ask_accession(
    agreement: uuid.UUID, *, entity: str, address: str, contact: str, role: str, at: datetime, actor: Actor
) -> Accession:
    """Enter that a further entity wants to join as "controller" or "processor"; RefusalError before both signed."""
    found = ProcessingAgreement.objects.get(pk=agreement)
    if found.signatures.count() != len(Side):
        raise RefusalError(
            Text("Beitreten lässt sich erst, wenn beide unterschrieben haben.", "Joining needs both signatures first.")
        )
    made = Accession.objects.create(
        agreement=found, customer_tenant_id=found.customer_tenant_id, entity=entity, address=address,
        contact=contact, role=role, asked_at=at,
    )  # fmt: skip
    record("privacy.accession_asked", made, at=at, actor=actor, after={"entity": entity, "role": role})
    return made


@transaction.atomic
def consent_accession(accession: uuid.UUID, *, at: datetime, actor: Actor) -> Accession:
    """Agree for the processor that another joins."""
    return _consented(accession, Side.PROCESSOR, at=at, actor=actor)


def consent_as_customer(row: Any, *, at: datetime, actor: Actor) -> Accession:
    """Agree for the controller that another joins."""
    return _consented(row.pk, Side.CONTROLLER, at=at, actor=actor)


@transaction.atomic
def sign_accession(accession: uuid.UUID, *, signed_by: str, at: datetime, actor: Actor) -> Accession:
    """Enter the joining entity's signature; it is a party from that day on. RefusalError before all parties agreed."""
    found = Accession.objects.select_for_update().get(pk=accession)
    if set(found.consents) != set(Side.values) or found.signed_on is not None:
        raise RefusalError(
            Text("Beigetreten wird einmal, mit Zustimmung aller Parteien.", "One joins once, with everybody's consent.")
        )
    found.signed_by, found.signed_on = signed_by, at.date()
    found.save(update_fields=["signed_by", "signed_on"])
    record("privacy.accession_signed", found, at=at, actor=actor, after={"signed_by": signed_by})
    return found


def _signed(found: ProcessingAgreement, side: str, function: str, *, at: datetime, actor: Actor) -> AgreementSignature:
    if missing := lacking(found.annexes):
        names = Text(", ".join(each.de for each in missing), ", ".join(each.en for each in missing))
        raise RefusalError(Text(f"In Anhang I fehlt: {names.de}.", f"Annex I lacks: {names.en}."))
    if found.signatures.filter(side=side).exists() or not function.strip():
        raise RefusalError(
            Text("Unterschrieben wird einmal, mit Angabe der Funktion.", "One signs once, and says as what.")
        )
    made = AgreementSignature.objects.create(
        agreement=found, customer_tenant_id=found.customer_tenant_id, side=side, name=actor.name,
        function=function.strip(), sha256=annexes_sha256(found.annexes), at=at,
    )  # fmt: skip
    record("privacy.agreement_signed", made, at=at, actor=actor, after={"side": side, "number": found.number})
    if found.signatures.count() == len(Side):
        for module in registry.modules():
            if module.on_agreement:
                queue(module.on_agreement, current_tenant(), contract=found.contract)
    return made


def _consented(accession: uuid.UUID, side: str, *, at: datetime, actor: Actor) -> Accession:
    found = Accession.objects.select_for_update().get(pk=accession)
    found.consents = {**found.consents, str(side): [actor.name, at.isoformat()]}
    found.save(update_fields=["consents"])
    record("privacy.accession_agreed", found, at=at, actor=actor, after={"side": str(side)})
    return found
