"""Mail that a flow sends: to an address that its case names, or to the people of a role; each once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from kontor.kernel.actions.mail import MailAddressError, NewMail, send_mails
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import OutgoingMail, RoleAssignment
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class _Receiver:
    address: str
    name: str
    language: str


def send(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """
    Write a mail to each receiver in their language, unless this effect has written it before.

    told  "to" an address, "role" whose people get it, "language" where a receiver has none; subject and text in both

    Plain text, its values filled in already, each as one line: none of them becomes a header or a link of our making.
    RefusalError where nobody is named, and for what is no address.
    """
    mails = {
        uuid.uuid5(key, each.address): NewMail(
            key=uuid.uuid5(key, each.address), to=each.address, to_name=each.name,
            subject=told[f"subject_{each.language}"], text=told[f"text_{each.language}"] + "\n",
        )
        for each in _receivers(facts, told, at)
    }  # fmt: skip
    if not mails:
        raise RefusalError(_NOBODY)
    written = set(OutgoingMail.objects.filter(pk__in=mails).values_list("pk", flat=True))
    try:
        send_mails([mail for pk, mail in mails.items() if pk not in written], at=at)
    except MailAddressError as wrong:
        raise RefusalError(_no_address(told["to"].strip())) from wrong


def _receivers(facts: FlowFacts, told: Mapping[str, str], at: datetime) -> list[_Receiver]:
    people = _people(facts, uuid.UUID(told["role"]), at) if told.get("role") else []
    found = [_Receiver(each.email, each.name, _language(each.language, told)) for each in people]
    to = told.get("to", "").strip()
    if to and to.lower() not in {each.address.lower() for each in found}:
        found.append(_Receiver(to, "", told["language"]))
    return found


def _people(facts: FlowFacts, role: uuid.UUID, at: datetime) -> list[Any]:
    """Return who has a role now: everywhere, or at the case's site; for a case without one, anywhere."""
    here = Q(membership__until=None) | Q(membership__until__gt=at)
    rows = RoleAssignment.objects.filter(here, role=role, membership__user__is_active=True)
    if facts.site is not None:
        rows = rows.filter(Q(site=None) | Q(site=facts.site))
    people = {each.membership.user_id: each.membership.user for each in rows.select_related("membership__user")}
    return sorted(people.values(), key=lambda each: each.email)


def _language(own: str, told: Mapping[str, str]) -> str:
    return own if own in {"de", "en"} else told["language"]


def _no_address(address: str) -> Text:
    return Text(f"„{address}“ ist keine E-Mail-Adresse.", f"“{address}” is no e-mail address.")


_NOBODY: Final = Text(
    "Dafür ist niemand bekannt: keine Adresse, und niemand hat die Rolle.",
    "Nobody is known for this: no address, and nobody has the role.",
)
