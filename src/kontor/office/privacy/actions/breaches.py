"""A breach as a case: what is known grows, each is told in stages, and how long it took stands beside it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.models import Breach, BreachFact, BreachNotice
from kontor.office.privacy.queries import breaches as queries
from kontor.rulebook.breach import authority_by, needs_reason
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

TELL: Final = "privacy.tell_of_breach"
_MINUTE: Final = 60


class NoContactError(RefusalError):
    """Nobody is named whom those who are told could ask: nothing is sent (GDPR Art. 33 (3) b)."""


class LateWithoutReasonError(RefusalError):
    """The 72 hours are over: the notice to the authority must say why it comes late."""


class ClosedError(RefusalError):
    """The case is closed; what is learned later is a case of its own."""


_NO_CONTACT: Final = Text(
    "Es ist keine Anlaufstelle genannt. Tragen Sie einen Namen mit E-Mail-Adresse oder Telefon ein, dann geht es.",
    "No contact point is named. Enter a name with an e-mail address or a telephone number, then it can be sent.",
)
_LATE: Final = Text(
    "Die 72 Stunden sind vorbei. Schreiben Sie dazu, warum die Meldung später kommt.",
    "The 72 hours are over. Write why the notice comes later.",
)
_CLOSED: Final = Text(
    "Der Vorgang ist abgeschlossen. Was später bekannt wird, ist ein neuer Vorgang.",
    "The case is closed. What becomes known later is a new case.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told when a breach becomes known; times with their zone."""

    title: str
    role: str
    aware_at: datetime
    happened_from: datetime | None
    contact_name: str
    contact_email: str
    contact_phone: str


@transaction.atomic
def open_breach(told: Told, *, at: datetime, actor: Actor) -> Breach:
    """Open a case; from the moment at which somebody knew, 72 hours run."""
    ruling = authority_by(told.aware_at)
    breach = Breach.objects.create(
        **asdict(told), due_at=ruling.value, ruling=store_ruling(ruling, question="breach", at=at), opened_at=at
    )
    record(
        "privacy.breach_opened", breach, at=at, actor=actor, clause=str(ruling.clauses[0]), after={"title": told.title}
    )
    return breach


@transaction.atomic
def add_facts(breach_id: uuid.UUID, facts: Mapping[str, str], *, at: datetime, actor: Actor) -> list[BreachFact]:
    """
    Write what is known by now of its nature, consequences, measures; what did not change is not written again.

    ClosedError after the end; KeyError for a part that no notice has.
    """
    breach = _open(breach_id)
    before = {part.block: part.text for part in queries.known(breach)}
    made = []
    for block, text in facts.items():
        if not text.strip() or text.strip() == before[block]:
            continue
        fact = BreachFact.objects.create(breach=breach, block=block, text=text.strip(), at=at, by_name=actor.name)
        record("privacy.breach_known", breach, at=at, actor=actor, after={block: fact.text})
        made.append(fact)
    return made


@transaction.atomic
def assess(breach_id: uuid.UUID, risk: str, *, because: str, at: datetime, actor: Actor) -> Breach:
    """Judge the risk for the people, with the reason; what follows from it is said by `duties`."""
    breach = _open(breach_id)
    before = {"risk": breach.risk}
    breach.risk, breach.risk_because = Breach.Risk(risk), because
    breach.save(update_fields=["risk", "risk_because"])
    clause = str(queries.to_do(breach).clauses[0])
    after = {"risk": risk, "because": because}
    record("privacy.breach_assessed", breach, at=at, actor=actor, clause=clause, before=before, after=after)
    return breach


@transaction.atomic
def name_contact(breach_id: uuid.UUID, *, name: str, email: str, phone: str, at: datetime, actor: Actor) -> Breach:
    """Name whom those who are told may ask."""
    breach = _open(breach_id)
    breach.contact_name, breach.contact_email, breach.contact_phone = name, email, phone
    breach.save(update_fields=["contact_name", "contact_email", "contact_phone"])
    record("privacy.breach_contact", breach, at=at, actor=actor, after={"name": name, "email": email, "phone": phone})
    return breach


@transaction.atomic
def tell_controllers(
    breach_id: uuid.UUID, tenants: Sequence[uuid.UUID], *, at: datetime, actor: Actor
) -> list[BreachNotice]:
    """
    Tell customers, each by a notice of its own, what is known by now; their administrators get a mail at once.

    NoContactError, ClosedError: nobody is told then. Tenants that are houses or unknown are left out.
    """
    breach = _open(breach_id)
    stages = _stages(breach, BreachNotice.To.CONTROLLER)
    known = list(Tenant.objects.filter(pk__in=list(tenants), is_house=False).order_by("name", "pk"))
    made = [
        _send(breach, BreachNotice.To.CONTROLLER, tenant.name, stages.get(tenant.pk, 0) + 1, at=at, customer=tenant)
        for tenant in known
    ]
    for notice in made:
        record(
            "privacy.breach_told", notice, at=at, actor=actor, clause="GDPR Art. 33 (2)", after={"to": notice.recipient}
        )
    each = zip(known, made, strict=True)
    queue_many(TELL, [(tenant.pk, {"title": breach.title, "stage": notice.stage}) for tenant, notice in each])
    return made


@transaction.atomic
def tell(
    breach_id: uuid.UUID, to: str, *, recipient: str, late_because: str, at: datetime, actor: Actor
) -> BreachNotice:
    """
    Keep that the authority, or the people, were told what is known by now; the page prints it to be handed in.

    NoContactError, ClosedError; LateWithoutReasonError for the authority after its 72 hours.
    """
    breach = _open(breach_id)
    due = needs_reason(due=breach.due_at, sent_at=at)
    first = not (stage := _stages(breach, to).get(None, 0))
    if to == BreachNotice.To.AUTHORITY and first and due.value and not late_because.strip():
        raise LateWithoutReasonError(_LATE)
    notice = _send(breach, to, recipient, stage + 1, at=at, late_because=late_because.strip())
    record("privacy.breach_told", notice, at=at, actor=actor, clause=str(due.clauses[0]), after={"to": recipient})
    return notice


@transaction.atomic
def close_breach(breach_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> Breach:
    """Close a case; it stays on file as the proof that the law asks for (GDPR Art. 33 (5))."""
    breach = _open(breach_id)
    breach.closed_at, breach.closed_because = at, because
    breach.save(update_fields=["closed_at", "closed_because"])
    record("privacy.breach_closed", breach, at=at, actor=actor, clause="GDPR Art. 33 (5)", after={"because": because})
    return breach


def tell_administrators(title: str, stage: int, *, at: datetime) -> None:
    """Write, as a customer, to its administrators that a breach was reported; its words stand behind their sign-in."""
    subject = Text("Verletzung des Schutzes Ihrer Daten", "A breach of the security of your data")
    text = Text(
        f"„{title}“: Ihr Anbieter hat Ihnen eine Verletzung des Schutzes personenbezogener Daten gemeldet "
        f"(Meldung {stage}).\n\nWas bekannt ist, steht unter Konto, Datenschutz, Verletzungen. Ob Sie Ihrer "
        "Aufsichtsbehörde binnen 72 Stunden melden, entscheiden Sie.",
        f"“{title}”: your provider reported a breach of the security of personal data to you (notice {stage}).\n\n"
        "What is known stands under Account, Privacy, Breaches. Whether you report it to your supervisory authority "
        "within 72 hours is yours to decide.",
    )
    identity.tell_administrators(subject, text, about=None, at=at)


def _open(breach_id: uuid.UUID) -> Breach:
    breach = Breach.objects.select_for_update().get(pk=breach_id)
    if breach.closed_at is not None:
        raise ClosedError(_CLOSED)
    return breach


def _stages(breach: Breach, to: str) -> dict[uuid.UUID | None, int]:
    """How often each customer, or None for somebody outside, was told."""
    rows = BreachNotice.objects.of(current_tenant()).filter(breach=breach, to=to)
    found: dict[uuid.UUID | None, int] = {}
    for customer, stage in rows.values_list("customer_tenant_id", "stage"):
        found[customer] = max(stage, found.get(customer, 0))
    return found


def _send(
    breach: Breach, to: str, recipient: str, stage: int, *, at: datetime, customer: Tenant | None = None,
    late_because: str = "",
) -> BreachNotice:  # fmt: skip
    contact = queries.contact_of(breach)
    if not contact:
        raise NoContactError(_NO_CONTACT)
    return BreachNotice.objects.create(
        breach=breach,
        to=to,
        customer_tenant=customer,
        recipient=recipient,
        sender=Tenant.objects.values_list("name", flat=True).get(pk=current_tenant()),
        stage=stage,
        title=breach.title,
        body=queries.body(breach),
        contact=contact,
        late_because=late_because,
        sent_at=at,
        minutes=int((at - breach.aware_at).total_seconds()) // _MINUTE,
    )
