"""The privacy notice as the registers say it today, beside the edition that everybody reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.urls import reverse

from kontor.kernel.models import Tenant
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents import public as documents
from kontor.office.privacy.models import NoticeDetails, Subprocessor, SubprocessorNotice
from kontor.office.privacy.queries.register import Entry, entries, kept_rule
from kontor.office.privacy.queries.subprocessors import hindrance, standing_of
from kontor.rulebook.notice_changes import SectionChange, changes
from kontor.rulebook.privacy_notice import (
    PARTS,
    Activity,
    Receiver,
    Responsible,
    general,
    lacking,
    lacking_of,
    service,
    storage_of,
)
from kontor.rulebook.ruling import Text
from kontor.rulebook.subprocessors import Standing as Where
from kontor.rulebook.transfers import GROUNDS
from kontor.rulebook.wording import said

KEYS: Final = {"general": "privacy", "service": "privacy-platform"}  # the names of the texts among the documents


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    A part of the notice: the edition that is published, what the registers would say, and how the two differ.

    lacks  what it needs before it can be published
    """

    part: str
    published: documents.Edition | None
    text: Text
    sha256: bytes
    changes: dict[str, list[SectionChange]]
    lacks: tuple[Text, ...]
    url: str

    @property
    def title(self) -> Text:
        """What the part is called."""
        return PARTS[self.part]

    @property
    def is_new(self) -> bool:
        """Whether a new edition is due: there is none yet, or it says something else."""
        return self.published is None or self.published.sha256 != self.sha256


def proposals(tenant: Tenant, standing: Standing | None, *, at: datetime) -> list[Proposal]:
    """Return both parts of the current tenant's notice; `standing` says which modules a customer's notice names."""
    who, on = responsible(), at.date()
    told = [_activity(entry) for entry in _told(tenant, standing)]
    receivers = list(_receivers(tenant, on))
    # what the registers lack stops both parts: the general one tells the bases, too
    lacks = (*lacking_of(who), *(_named(each, part) for each in told for part in lacking(each)))
    texts = {
        "general": general(who, told, receivers, service_at=url_of(tenant, "service")),
        "service": service(told, general_at=url_of(tenant, "general")),
    }
    return [_proposal(tenant, part, text, lacks, at=at) for part, text in texts.items()]


def responsible() -> Responsible:
    """Return who answers for the processing in the current tenant; empty fields where nobody has said so yet."""
    found = NoticeDetails.objects.of(current_tenant()).first()
    if found is None:
        return Responsible(name="", address="", email="", authority="")
    automated = Text(found.automated_de, found.automated_en) if found.automated_de else None
    return Responsible(
        name=found.name, address=found.address, email=found.email, authority=found.authority, officer=found.officer,
        automated=automated,
    )  # fmt: skip


def url_of(tenant: Tenant, part: str) -> str:
    """Return the address here at which everybody reads a part of a tenant's notice; it holds wherever we move."""
    key = KEYS[part]
    return reverse(f"legal-{key}") if tenant.is_house else reverse(f"legal-of-{key}", args=(tenant.pk,))


def is_published(*, at: datetime) -> bool:
    """Tell whether the current tenant's notice is out, both parts: before that, no form may ask people for data."""
    return all(documents.edition_of(key, at=at) is not None for key in KEYS.values())


def address_of_notice(at: datetime) -> str | None:
    """Return where everybody reads the current tenant's notice; None while it is not out."""
    return url_of(Tenant.objects.get(pk=current_tenant()), "general") if is_published(at=at) else None


def _proposal(tenant: Tenant, part: str, text: Text, lacks: tuple[Text, ...], *, at: datetime) -> Proposal:
    published = documents.edition_of(KEYS[part], at=at)
    before = published.text if published else Text("", "")
    found = {spoken: changes(before.spoken(spoken), text.spoken(spoken)) for spoken in ("de", "en")}
    return Proposal(part, published, text, documents.text_hash(text), found, lacks, url_of(tenant, part))


def _told(tenant: Tenant, standing: Standing | None) -> Iterator[Entry]:
    """
    Yield the activities for which the tenant is the controller: all of the house's own.

    A customer's are those that the house carries out on its behalf, of the modules that its contracts unlock.
    """
    for entry in entries():
        processing = entry.processing
        if tenant.is_house or (
            processing.role == "processor" and (standing is None or standing.entitled(entry.module_key))
        ):
            yield entry


def _activity(entry: Entry) -> Activity:
    told = entry.processing
    return Activity(
        title=told.title,
        scope=said(
            "{data}; von: {persons}", "{data}; of: {persons}", data=_listed(entry.categories),
            persons=_listed(entry.persons),
        ),
        purpose=told.purpose,
        basis=told.basis,
        storage=tuple(
            label if rule is None else storage_of(label, rule) for label, rule in map(kept_rule, entry.kept)
        ),
        source=told.source,
        recipients=told.recipients,
    )  # fmt: skip


def _receivers(tenant: Tenant, on: date) -> Iterator[Receiver]:
    if tenant.is_house:
        for each in Subprocessor.objects.of(current_tenant()).order_by("name"):
            if each.effective_on <= on and (each.ended_on is None or each.ended_on >= on) and not hindrance(each, on):
                ground = GROUNDS.get(each.ground)
                yield Receiver(each.name, Text(each.task_de, each.task_en), each.country, ground)
        return
    task = Text("Betrieb dieser Plattform in unserem Auftrag", "Running this platform on our behalf")
    for name in Tenant.objects.filter(is_house=True).values_list("name", flat=True):
        yield Receiver(name, task, "")
    named: set[str] = set()
    for notice in SubprocessorNotice.received.order_by("name", "pk"):
        if notice.name not in named and standing_of(notice, on).value is Where.ACCEPTED:
            named.add(notice.name)
            yield Receiver(notice.name, Text(notice.task_de, notice.task_en), notice.country)


def _named(activity: Activity, part: Text) -> Text:
    return said("{title}: {part}", "{title}: {part}", title=activity.title, part=part)


def _listed(texts: tuple[Text, ...]) -> Text:
    return Text(", ".join(each.de for each in texts), ", ".join(each.en for each in texts))
