"""Publishing the privacy notice: made of the registers, proposed by the machine, put out by a person."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents import public as documents
from kontor.office.privacy.models import NoticeDetails
from kontor.office.privacy.queries.notice import KEYS, Proposal, proposals
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person enters about who answers for the processing; the fields are those of the model."""

    name: str
    address: str
    email: str
    authority: str
    officer: str = ""
    automated_de: str = ""
    automated_en: str = ""


@transaction.atomic
def keep_details(told: Details, *, at: datetime, actor: Actor) -> NoticeDetails:
    """Keep who answers for the processing; RefusalError where automated decisions are told in one language only."""
    if bool(told.automated_de.strip()) != bool(told.automated_en.strip()):
        raise RefusalError(
            Text("Automatisierte Entscheidungen stehen in beiden Sprachen.", "Automated decisions need both languages.")
        )
    before = NoticeDetails.objects.of(current_tenant()).select_for_update().first()
    known = {name: getattr(before, name) for name in asdict(told)} if before else None
    row = before or NoticeDetails()
    for name, value in asdict(told).items():
        setattr(row, name, value.strip())
    row.at = at
    row.save()
    record("privacy.notice_details_kept", row, at=at, actor=actor, before=known, after=asdict(told))
    return row


@transaction.atomic
def publish_notice(
    part: str, *, shown: bytes, tenant: Tenant, standing: Standing | None, at: datetime, actor: Actor
) -> str:
    """
    Publish a part of the current tenant's notice as the registers say it now, and return the edition's name.

    shown  the hash of the text that the person saw; RefusalError where the registers say something else by now, where
           something is lacking (bookkeeping 8-14), or where the published edition says the same
    """
    found = {each.part: each for each in proposals(tenant, standing, at=at)}[part]
    if (why := _hindrance(found, shown)) is not None:
        raise RefusalError(why)
    version = _name(KEYS[part], at)
    documents.publish(
        key=KEYS[part],
        version=version,
        title={"de": found.title.de, "en": found.title.en},
        text={"de": found.text.de, "en": found.text.en},
        required_from=None,
        effective_from=at,
        at=at,
        actor=actor,
    )
    return version


def _hindrance(found: Proposal, shown: bytes) -> Text | None:
    if found.lacks:
        named = Text("; ".join(each.de for each in found.lacks), "; ".join(each.en for each in found.lacks))
        return Text(f"Noch nicht: Es fehlt {named.de}.", f"Not yet: what lacks is {named.en}.")
    if found.sha256 != shown:
        return Text(
            "Die Verzeichnisse haben sich geändert, seit diese Seite geladen wurde.",
            "The registers have changed since this page was loaded.",
        )
    if not found.is_new:
        return Text("Genau dieser Text ist schon veröffentlicht.", "Exactly this text is published already.")
    return None


def _name(key: str, at: datetime) -> str:
    """Return the edition's name: its day, and a number from the second of a day on."""
    day, number = timezone.localdate(at).isoformat(), 1
    while documents.is_known(key, version := day if number == 1 else f"{day}-{number}"):
        number += 1
    return version
