"""Parties over the API: found by pages, shown, written down once per Idempotency-Key, changed, compared."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import get_language
from ninja import Query, Schema
from pydantic import Field

from kontor.kernel.api import Call, Cursor, Endpoints, Line, Page, after, cut
from kontor.kernel.api.schemas import Body
from kontor.kernel.restricting import restricted, restriction_of
from kontor.office.parties.actions import parties as actions, people
from kontor.office.parties.models import Identifier, Party
from kontor.office.parties.queries.doubles import perhaps
from kontor.office.parties.queries.people import company_of, found_by, shown_value, with_belongings
from kontor.office.parties.queries.restricted import usable

SEE, CHANGE = "parties.see", "parties.change"
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice
_PLAIN: Final = r"[^\x00-\x1f\x7f-\x9f]"
_EMAIL: Final = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,3}"
Kind = Literal["ORGANISATION", "PERSON"]
Role = Literal["CUSTOMER", "SUPPLIER", "PARTNER", "HOST", "VISITOR", "CONTRACTOR", "EMPLOYEE", "APPLICANT"]
Email = Annotated[str, Field(pattern=f"^{_EMAIL}$", max_length=254)]
EmailOrNone = Annotated[str, Field(pattern=f"^({_EMAIL})?$", max_length=254)]
Name = Annotated[str, Field(pattern=rf"^{_PLAIN}*[^\s\x00-\x1f\x7f-\x9f]{_PLAIN}*$", max_length=200)]
Words = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=200)]
Short = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=20)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Town = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=100)]
Phone = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=50)]
endpoints = Endpoints()


class NumberShown(Schema):
    """A number of a party; of papers and staff numbers the last three signs alone."""

    kind: str
    value: str


class PartyShown(Schema):
    """
    A company or a person.

    employer  the company among the parties that a person works for; `company` is its name, or what was said of it
    emails    all addresses, the first one first
    roles     those that last
    """

    id: uuid.UUID
    kind: str
    name: str
    company: str
    employer: uuid.UUID | None
    street: str
    addition: str
    postcode: str
    city: str
    country: str
    emails: list[str]
    phone: str
    language: str
    vat_id: str
    roles: list[str]
    created_at: datetime


class PartyWhole(PartyShown):
    """A party with its numbers; `restricted` while its data may only be stored (GDPR Art. 18)."""

    numbers: list[NumberShown]
    restricted: bool


class NewNumber(Body):
    """A number by which a party is known elsewhere."""

    kind: Literal[
        "CUSTOMER_NUMBER", "SUPPLIER_NUMBER", "STAFF_NUMBER", "REGISTER", "LEI", "GLN", "IDENTITY_CARD", "PASSPORT",
        "DRIVING_LICENCE", "OTHER",
    ]  # fmt: skip
    value: Annotated[str, Field(pattern=rf"^{_PLAIN}*[0-9A-Za-z]{_PLAIN}*$", max_length=100)]


class NewParty(Body):
    """
    A company or a person; the name alone must be known, offers and invoices need street and town too.

    company  of a person: becomes the employer where exactly one company is called so
    """

    kind: Kind
    name: Name
    company: Words = ""
    street: Words = ""
    addition: Words = ""
    postcode: Short = ""
    city: Town = ""
    country: Country = "DE"
    email: EmailOrNone = ""
    further_emails: Annotated[list[Email], Field(max_length=10)] = []
    phone: Phone = ""
    language: Literal["de", "en"] = "de"
    vat_id: Short = ""
    roles: Annotated[list[Role], Field(max_length=8)] = []
    numbers: Annotated[list[NewNumber], Field(max_length=10)] = []


class ChangedParty(Body):
    """What changes of a party; what is not named stays."""

    name: Name | None = None
    company: Words | None = None
    street: Words | None = None
    addition: Words | None = None
    postcode: Short | None = None
    city: Town | None = None
    country: Country | None = None
    email: EmailOrNone | None = None
    phone: Phone | None = None
    language: Literal["de", "en"] | None = None
    vat_id: Short | None = None


class SameShown(Schema):
    """A party that may be the same: 3 almost surely, 2 likely, 1 worth a look; and why, in words."""

    id: uuid.UUID
    name: str
    strength: int
    reasons: list[str]


@endpoints.reads("/parties", permission=SEE, answers=Page[PartyShown])
def list_parties(
    request: Call,  # noqa: ARG001  an endpoint's signature
    words: Query[Line | None] = None,
    kind: Query[Kind | None] = None,
    role: Query[Role | None] = None,
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[PartyShown]:
    """
    List companies and people, the oldest first: all, those found by some words, of a kind, in a role.

    Nobody whose data is restricted (GDPR Art. 18).
    """
    rows = usable(found_by(words or "", kind=kind or "", role=role or ""))
    if begins := after(cursor):
        rows = rows.filter(pk__gt=begins)
    some, coming = cut(list(with_belongings(rows).order_by("pk")[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[PartyShown](items=[PartyShown(**_told(row)) for row in some], next=coming)


@endpoints.reads("/parties/{uuid:party_id}", permission=SEE, answers=PartyWhole)
def show_party(request: Call, party_id: uuid.UUID) -> PartyWhole:  # noqa: ARG001  an endpoint's signature
    """Show a company or a person; of one that was merged into another, the other."""
    return _whole(party_id)


@endpoints.reads("/parties/{uuid:party_id}/perhaps-same", permission=SEE, answers=Page[SameShown])
def perhaps_same(request: Call, party_id: uuid.UUID) -> Page[SameShown]:  # noqa: ARG001  an endpoint's signature
    """List who may be the same as a party, the likeliest first, with the reasons."""
    language = get_language() or "de"
    return Page[SameShown](
        items=[
            SameShown(
                id=each.person.id, name=each.person.name, strength=each.likeness.strength,
                reasons=[reason.spoken(language) for reason in each.likeness.reasons],
            )
            for each in perhaps(_party(party_id))
        ]
    )  # fmt: skip


@endpoints.writes("/parties", permission=CHANGE, answers=PartyWhole, status=201)
def write_down(request: Call, told: NewParty) -> PartyWhole:
    """Write down a company or a person with roles, further addresses and numbers."""
    given = told.model_dump(exclude={"company", "further_emails", "roles", "numbers"})
    made = people.write_down(
        **given, company=told.company, emails=told.further_emails, roles=told.roles,
        numbers=[(each.kind, each.value) for each in told.numbers],
        since=localdate(request.at), at=request.at, actor=request.actor,
    )  # fmt: skip
    return _whole(made.pk)


@endpoints.writes("/parties/{uuid:party_id}", permission=CHANGE, answers=PartyWhole)
def change_party(request: Call, party_id: uuid.UUID, told: ChangedParty) -> PartyWhole:
    """Change a company or a person; documents already issued keep what they said."""
    found = _party(party_id)
    given = told.model_dump(exclude_none=True)
    if (company := given.pop("company", None)) is not None:
        given |= people.employment(found.kind, company)
    if given:
        actions.change_party(found.pk, at=request.at, actor=request.actor, **given)
    return _whole(found.pk)


def _party(party_id: uuid.UUID) -> Party:
    known = get_object_or_404(Party, pk=party_id)
    return with_belongings(Party.objects.all()).get(pk=known.merged_into_id or known.pk)


def _whole(party_id: uuid.UUID) -> PartyWhole:
    row = _party(party_id)
    numbers = Identifier.objects.filter(party=row).order_by("kind", "pk")
    shown = [NumberShown(kind=each.kind, value=shown_value(each.kind, each.value)) for each in numbers]
    told = _told(row)
    return PartyWhole(**told, numbers=shown, restricted=restriction_of(told["emails"], restricted()) is not None)


def _told(row: Any) -> dict[str, Any]:
    further = [each.email for each in row.further_emails]
    columns = ("kind", "name", "street", "addition", "postcode", "city", "country", "phone", "language", "vat_id")
    return {
        **{name: getattr(row, name) for name in (*columns, "created_at")},
        "id": row.pk,
        "company": company_of(row),
        "employer": row.employer_id,
        "emails": [email for email in (row.email, *further) if email],
        "roles": [each.role for each in row.lasting_roles],
    }
