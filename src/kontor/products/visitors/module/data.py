"""Which tables of visitors hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.rulebook.ruling import Text

_VISITORS: Final = Text("Besucherinnen und Besucher", "visitors")
_SENT: Final = Text("wen ein Dienstleister schickt", "whom a service company sends")

PROCESSINGS: Final = (
    Processing(
        key="visits",
        title=Text("Besuche", "Visits"),
        purpose=Text(
            "Besuche vorbereiten, Zutritt regeln, im Notfall wissen, wer im Haus ist",
            "Prepare visits, govern entry, know in an emergency who is in the building",
        ),
        persons=("contacts", "customers"),
        categories=("name", "communication", "presence"),
        basis="GDPR Art. 6 (1) (f)",
        source=Text("die Person selbst und wer sie einlädt", "the person and whoever invites them"),
        recipients=Text(
            "Empfang, Gastgeber, im Notfall die Einsatzkräfte", "reception, hosts, in an emergency the rescue services"
        ),
        role="processor",
    ),
    Processing(
        key="contractors",
        title=Text("Dienstleister und ihre Nachweise", "Service companies and their proofs"),
        purpose=Text(
            "Prüfen, ob ein Dienstleister und seine Leute im Haus arbeiten dürfen",
            "Check whether a service company and its people may work in the building",
        ),
        persons=("contacts",),
        categories=("name", "communication"),
        basis="GDPR Art. 6 (1) (f)",
        source=Text("der Dienstleister", "the service company"),
        recipients=Text("Empfang und Auftraggeber", "reception and whoever ordered the work"),
        role="processor",
    ),
)


def _visits(
    model: str, people: tuple[str, ...], personal: tuple[str, ...], on_erasure: str, **more: str
) -> PersonalData:
    return PersonalData(
        model=model, about=_VISITORS, clause="GDPR Art. 6 (1) (f)", processing="visits", kept="with_tenant",
        people=people, personal=personal, on_erasure=on_erasure, categories=more,  # type: ignore[arg-type]
    )  # fmt: skip


PERSONAL_DATA: Final = (
    _visits("visitors.Visit", ("email",),
            ("name", "company", "email", "phone", "details", "host_user", "host_name", "host_email", "in_at", "in_by",
             "out_at", "out_by", "over_on", "person", "overridden"), "delete",
            company="name", details="communication", host_user="name", in_at="presence", in_by="name",
            out_at="presence", over_on="presence", out_by="name", person="name", overridden="communication",
            host_name="name", host_email="communication"),
    _visits("visitors.VisitEvent", ("visit__email",), ("told", "by_name"), "delete", told="communication"),
    _visits("visitors.VisitGroup", ("host_email",), ("host_user", "host_name", "host_email", "by_name"), "mask",
            host_user="name", host_name="name", host_email="communication"),
    _visits("visitors.CardIssue", ("visit__email",), ("active_at", "revoked_at"), "delete", active_at="presence",
            revoked_at="presence"),
    PersonalData(
        model="visitors.Evacuation", about=_VISITORS, clause="GDPR Art. 6 (1) (f)", processing="visits",
        kept="with_tenant", people=(), personal=("inside", "by_name", "over_on"), on_erasure="delete", shared=True,
        categories={"inside": "presence", "over_on": "presence"},
    ),
    PersonalData(
        model="visitors.Seen", about=_VISITORS, clause="GDPR Art. 6 (1) (f)", processing="visits",
        kept="with_tenant", people=(), personal=("seen_at", "by_name"), on_erasure="delete", shared=True,
        categories={"seen_at": "presence"},
    ),
    PersonalData(
        model="visitors.Contractor", about=Text("Dienstleister", "service companies"), clause="GDPR Art. 6 (1) (f)",
        processing="contractors", kept="with_tenant", people=("email",), personal=("name", "email", "blocked"),
        on_erasure="mask", categories={"blocked": "communication"},
    ),
    PersonalData(
        model="visitors.ContractorPerson", about=_SENT, clause="GDPR Art. 6 (1) (f)", processing="contractors",
        kept="with_tenant", people=("email",), personal=("name", "email", "phone", "blocked", "person"),
        on_erasure="delete", categories={"blocked": "communication", "person": "name"},
    ),
    PersonalData(
        model="visitors.Proof", about=_SENT, clause="GDPR Art. 6 (1) (f)", processing="contractors",
        kept="with_tenant", people=("person__email",), personal=("note", "by_name"), on_erasure="delete",
        categories={"note": "communication"},
    ),
)  # fmt: skip
WITHOUT_PERSONAL_DATA: Final = (
    "visitors.SiteRules",
    "visitors.AccessSystem",
    "visitors.AccessGrant",
    "visitors.BadgeTemplate",
    "visitors.VisitType",
    "visitors.TypeStep",
    "visitors.MailTemplate",
    "visitors.SigningKey",
    "visitors.PinGuard",
    "visitors.ProofKind",
    "visitors.CardGroup",
    "visitors.Card",
)
