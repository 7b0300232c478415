"""Reminding both sides of certificates of insurance before they end."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.office.contracts.actions.ending import tell_both
from kontor.office.contracts.models import RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.register_letters import certificate_mail
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.registers import REGISTERS
from kontor.rulebook.registers.risk import REMINDED

VERB = "contracts.certificate_reminded"


@transaction.atomic
def remind_of_certificates(*, at: datetime) -> int:
    """
    Mail both sides from thirty days before a certificate ends (leisure Art. 19), once; return how many there were.

    A certificate that was replaced by a later day in its entry is reminded of before that day.
    """
    facts = RegisterFacts.objects.order_by("-number")
    rows = RegisterEntry.objects.filter(register="insurance").select_related("contract")
    entries = [(entry, list(entry.facts.all())) for entry in rows.prefetch_related(Prefetch("facts", facts))]
    told = _told({version.pk for _, versions in entries for version in versions})
    done = 0
    for entry, versions in sorted(entries, key=lambda pair: pair[0].pk):
        latest = versions[0]
        until = date.fromisoformat(latest.content["until_on"])
        same = {each.pk for each in versions if each.content["until_on"] == latest.content["until_on"]}
        if same & told or not until - REMINDED <= _today(entry, at) <= until:
            continue
        _remind(entry, latest, until, at=at)
        done += 1
    return done


def _remind(entry: RegisterEntry, facts: RegisterFacts, until: date, *, at: datetime) -> None:
    contract = entry.contract
    clauses = ", ".join(str(clause) for clause in REGISTERS["insurance"].clauses(pack_of_terms(contract.terms)))
    tell_both(contract, certificate_mail(contract, what=facts.content["what"], until=until, clauses=clauses), at=at)
    record(VERB, facts, at=at, actor=MACHINE, clause=clauses, after={"until": until})


def _told(versions: set[uuid.UUID]) -> set[uuid.UUID]:
    return set(RecordEntry.objects.filter(verb=VERB, object_id__in=versions).values_list("object_id", flat=True))


def _today(entry: RegisterEntry, at: datetime) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(entry.contract.terms).zone)).date()
