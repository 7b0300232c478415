"""Settling how visits go: the kinds there are, what each demands, and what holds at a site."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.products.visitors.actions.forgetting import settle_again
from kontor.products.visitors.formats.mail_words import unknown_in
from kontor.products.visitors.models import MailTemplate, SiteRules, TypeStep, VisitType
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

BROUGHT: Final[Sequence[dict[str, Any]]] = (
    {"title_de": "Geschäftsbesuch", "title_en": "Business visit", "icon": "briefcase", "colour": "sea", "place": 10,
     "asks": ["company", "email", "host", "phone"], "demands": ["company", "host"]},
    {"title_de": "Lieferung", "title_en": "Delivery", "icon": "truck-delivery", "colour": "sand", "place": 20,
     "asks": ["company", "dock"], "demands": ["company", "dock"]},
    {"title_de": "Lieferant", "title_en": "Supplier", "icon": "package", "colour": "moss", "place": 30,
     "asks": ["company", "host", "plate"], "demands": ["company", "host"]},
    {"title_de": "Dienstleister", "title_en": "Service company", "icon": "tool", "colour": "amber", "place": 40,
     "asks": ["company", "host", "reason"], "demands": ["company", "host", "reason"], "qualified": True},
    {"title_de": "Bewerbung", "title_en": "Applicant", "icon": "user-star", "colour": "plum", "place": 50,
     "asks": ["email", "host"], "demands": ["host"], "walk_in": False},
)  # fmt: skip


class SettingRefusedError(RefusalError):
    """Nothing was settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A questionnaire that a kind of visit asks by, how long an answer holds, and whether it may be given early."""

    questionnaire: uuid.UUID
    valid_days: int | None = None
    early: bool = True


@transaction.atomic
def begin_types(*, at: datetime, actor: Actor) -> list[VisitType]:
    """Bring the five kinds of visits that most begin with; none where there are kinds already."""
    if VisitType.objects.exists():
        return []
    return [add_type(at=at, actor=actor, **given) for given in BROUGHT]


@transaction.atomic
def add_type(*, at: datetime, actor: Actor, steps: Sequence[Step] = (), **given: Any) -> VisitType:
    """Add a kind of visit; SettingRefusedError where its German title is taken."""
    _refuse_demands(given)
    try:
        with transaction.atomic():
            made = VisitType.objects.create(**given)
    except IntegrityError as taken:
        raise _taken(given["title_de"]) from taken
    _set_steps(made, steps)
    record("visitors.type_added", made, at=at, actor=actor, after=_told(given, steps))
    return made


@transaction.atomic
def change_type(type_id: uuid.UUID, *, at: datetime, actor: Actor, steps: Sequence[Step], **given: Any) -> VisitType:
    """Change what a kind of visit demands; visits that were invited already are asked by what holds as they come."""
    row = VisitType.objects.select_for_update().get(pk=type_id, archived_at=None)
    _refuse_demands(given)
    before = {key: getattr(row, key) for key in given}
    for key, value in given.items():
        setattr(row, key, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise _taken(row.title_de) from taken
    _set_steps(row, steps)
    if before.get("keep_days") != row.keep_days:
        settle_again(type=row, at=at)
    record("visitors.type_changed", row, at=at, actor=actor, before=_told(before, ()), after=_told(given, steps))
    return row


@transaction.atomic
def put_away_type(type_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Offer a kind of visit no more; visits of it stay."""
    row = VisitType.objects.select_for_update().get(pk=type_id, archived_at=None)
    row.archived_at = at
    row.save(update_fields=["archived_at"])
    record("visitors.type_put_away", row, at=at, actor=actor)


@transaction.atomic
def settle_site(site: Site, *, at: datetime, actor: Actor, **given: Any) -> SiteRules:
    """Settle what holds at a site."""
    rules, _ = SiteRules.objects.update_or_create(site=site, defaults=given)
    if "keep_days" in given:
        settle_again(rules=rules, at=at)
    shown = {key: str(value) for key, value in given.items() if key != "chat_url"}
    record("visitors.site_settled", rules, at=at, actor=actor, after=shown | {"chat": bool(given.get("chat_url"))})
    return rules


@transaction.atomic
def write_template(
    *, occasion: str, language: str, type: VisitType | None, subject: str, text: str, at: datetime, actor: Actor
) -> MailTemplate:  # fmt: skip
    """Settle the words of a mail; SettingRefusedError where they name something that there is not."""
    if wrong := unknown_in(subject + text):
        named = ", ".join(f"{{{each}}}" for each in wrong)
        raise SettingRefusedError(
            Text(f"Diese Platzhalter gibt es nicht: {named}.", f"There are no such placeholders: {named}.")
        )
    made, _ = MailTemplate.objects.update_or_create(
        type=type, occasion=occasion, language=language, defaults={"subject": subject, "text": text}
    )
    record("visitors.mail_settled", made, at=at, actor=actor, after={"occasion": occasion, "language": language})
    return made


def _set_steps(row: VisitType, steps: Sequence[Step]) -> None:
    row.steps.all().delete()
    TypeStep.objects.bulk_create(
        TypeStep(type=row, place=place, questionnaire=step.questionnaire, valid_days=step.valid_days, early=step.early)
        for place, step in enumerate(steps)
    )


def _refuse_demands(given: dict[str, Any]) -> None:
    if missing := set(given.get("demands", ())) - set(given.get("asks", ())):
        named = ", ".join(sorted(missing))
        raise SettingRefusedError(Text(f"Verlangt, aber nicht gefragt: {named}.", f"Demanded, yet not asked: {named}."))


def _taken(title: str) -> SettingRefusedError:
    return SettingRefusedError(
        Text(f"Die Besuchsart „{title}“ gibt es schon.", f"There is a kind of visit “{title}” already.")
    )


def _told(given: dict[str, Any], steps: Sequence[Step]) -> dict[str, Any]:
    told = {key: getattr(value, "pk", value) for key, value in given.items()}
    return {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in told.items()} | (
        {"steps": [str(step.questionnaire) for step in steps]} if steps else {}
    )
