"""Keeping ready-made answers."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.models import ReplyTemplate
from kontor.office.desk.queries.placeholders import refuse_unknown
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def keep_template(
    template_id: uuid.UUID | None, *, title: str, text_de: str, text_en: str, at: datetime, actor: Actor
) -> ReplyTemplate:
    """Write a ready-made answer, or change it. RefusalError for a title in use or a placeholder nobody can fill."""
    for text in (text_de, text_en):
        refuse_unknown(text)
    row = ReplyTemplate.objects.select_for_update().get(pk=template_id) if template_id else ReplyTemplate()
    if ReplyTemplate.objects.filter(title=title).exclude(pk=row.pk).exists():
        raise RefusalError(Text("Diesen Titel gibt es schon.", "There is one of this title already."))
    row.title, row.text_de, row.text_en = title, text_de, text_en
    row.save()
    record("desk.template_kept", row, at=at, actor=actor, after={"title": title})
    return row


@transaction.atomic
def withdraw_template(template_id: uuid.UUID, *, at: datetime, actor: Actor) -> ReplyTemplate:
    """Take a ready-made answer out of use."""
    row = ReplyTemplate.objects.select_for_update().get(pk=template_id)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record("desk.template_withdrawn", row, at=at, actor=actor)
    return row
