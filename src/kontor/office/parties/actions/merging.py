"""Making two records of one party one, and parting them again as long as nothing contradicts it."""

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.records import Reference
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.models import Distinct, Merge, Party, PartyEmail
from kontor.office.parties.queries.doubles import FIELDS, in_order, references, says
from kontor.office.parties.queries.people import shown
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_NEW_EMAIL: Final = "email"  # in `moved`: the address that was kept beside the other


class MergeRefusedError(RefusalError):
    """Two records that cannot be one, or that cannot be parted any more; nothing was changed."""


@transaction.atomic
def merge(
    kept_id: uuid.UUID, gone_id: uuid.UUID, *, from_gone: Collection[str] = (), at: datetime, actor: Actor
) -> Merge:
    """
    Make two records one: `gone` is shown no more, and what points to it follows, except for what was issued.

    from_gone  keys of FIELDS that are taken from the record that goes; what `kept` lacks is taken anyway

    Party.DoesNotExist for a stranger's id and for one that was merged before; MergeRefusedError.
    """
    rows = {row.pk: row for row in shown().select_for_update(of=("self",)).filter(pk__in=[kept_id, gone_id])}
    if len(rows) < 2 and kept_id != gone_id:  # noqa: PLR2004  both
        raise Party.DoesNotExist
    kept, gone = rows[kept_id], rows[gone_id]
    _refuse(kept, gone)
    columns = [column for key in _to_take(kept, gone, from_gone) for column in FIELDS[key]]
    if kept.own_tenant_id is None and gone.own_tenant_id is not None:
        columns.append("own_tenant_id")
    before = {column: getattr(kept, column) for column in columns}
    taken = {column: getattr(gone, column) for column in columns}
    addresses = (kept.email, gone.email)
    _write(kept, taken)
    moved = _follow(kept, gone)
    if beside := _other_address(kept, addresses):
        moved[_NEW_EMAIL] = [str(PartyEmail.objects.create(party=kept, email=beside).pk)]
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    made = Merge.objects.create(
        kept=kept, gone=gone, before=_json(before), taken=_json(taken), moved=moved, at=at, by_name=actor.name
    )
    record("parties.merged", kept, at=at, actor=actor, before=before, after={**taken, "gone": str(gone.pk)})
    record("parties.merged_away", gone, at=at, actor=actor, after={"kept": str(kept.pk)})
    return made


@transaction.atomic
def part(merge_id: uuid.UUID, *, at: datetime, actor: Actor) -> Merge:
    """
    Undo a merge: columns, addresses and whatever followed and stands there still go back.

    Merge.DoesNotExist for a stranger's id; MergeRefusedError where it was undone, or something has changed since.
    """
    made = Merge.objects.select_for_update(of=("self",)).get(tenant_id=current_tenant(), pk=merge_id)
    rows = {
        row.pk: row for row in Party.objects.select_for_update(of=("self",)).filter(pk__in=[made.kept_id, made.gone_id])
    }
    kept, gone = rows[made.kept_id], rows[made.gone_id]
    if made.undone_at:
        raise MergeRefusedError(Text("Das ist schon rückgängig gemacht.", "This has been undone already."))
    if kept.merged_into_id or gone.merged_into_id != kept.pk:
        raise MergeRefusedError(
            Text(
                f"„{kept.name}“ wurde seither selbst zusammengeführt. Machen Sie das zuerst rückgängig.",
                f"“{kept.name}” was merged itself since. Undo that first.",
            )
        )
    before, taken = json.loads(made.before), json.loads(made.taken)
    now = json.loads(_json({column: getattr(kept, column) for column in taken}))
    if now != taken:
        raise MergeRefusedError(
            Text(
                f"„{kept.name}“ wurde nach dem Zusammenführen geändert. Was galt, lässt sich nicht mehr sagen.",
                f"“{kept.name}” was changed after the merge. What held can no longer be told.",
            )
        )
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    _write(kept, before)
    PartyEmail.objects.filter(pk__in=made.moved.get(_NEW_EMAIL, ()), party=kept).delete()
    _return(kept, gone, made.moved)
    made.undone_at = at
    made.save(update_fields=["undone_at"])
    record("parties.parted", kept, at=at, actor=actor, before=taken, after={**before, "back": str(gone.pk)})
    record("parties.parted_again", gone, at=at, actor=actor, after={"kept": str(kept.pk)})
    return made


@transaction.atomic
def call_distinct(one_id: uuid.UUID, other_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remember that two records are of two parties, so that nobody is asked again; Party.DoesNotExist."""
    one, other = (Party.objects.get(tenant_id=current_tenant(), pk=each) for each in in_order(one_id, other_id))
    _, fresh = Distinct.objects.get_or_create(one=one, other=other, defaults={"at": at})
    if fresh:
        record("parties.called_distinct", one, at=at, actor=actor, after={"other": str(other.pk)})


def _refuse(kept: Party, gone: Party) -> None:
    if kept.pk == gone.pk:
        raise MergeRefusedError(Text("Das ist ein und derselbe Eintrag.", "This is one and the same record."))
    if kept.kind != gone.kind:
        raise MergeRefusedError(
            Text(
                "Eine Person und ein Unternehmen sind nicht dasselbe.",
                "A person and a company are not the same.",
            )
        )
    if kept.own_tenant_id and gone.own_tenant_id and kept.own_tenant_id != gone.own_tenant_id:
        raise MergeRefusedError(
            Text(
                "Beide haben hier ihr eigenes Konto mit eigenen Verträgen und bleiben zwei.",
                "Both have their own account here with contracts of their own, and stay two.",
            )
        )


def _to_take(kept: Party, gone: Party, from_gone: Collection[str]) -> list[str]:
    """Return the keys of what is written into `kept`: chosen, or known of `gone` alone."""
    return [
        key
        for key, columns in FIELDS.items()
        if (key in from_gone or not says(kept, key))
        and any(getattr(kept, each) != getattr(gone, each) for each in columns)
    ]


def _write(party: Party, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        setattr(party, column, value)
    party.save(update_fields=list(values))


def _other_address(kept: Party, addresses: tuple[str, str]) -> str:
    """Return the address that would be lost; "" where it is the party's own or one of its further ones."""
    own = {kept.email.lower(), *(row.email.lower() for row in PartyEmail.objects.filter(party=kept))}
    return next((email for email in addresses if email and email.lower() not in own), "")


def _follow(kept: Party, gone: Party) -> dict[str, list[str]]:
    """Point to `kept` what points to `gone`; what `kept` has already, such as a role, stays where it is."""
    moved: dict[str, list[str]] = {}
    for reference in references():
        rows = _rows(reference).filter(**{reference.column: gone.pk})
        if changed := _point(reference, list(rows.values_list("pk", flat=True)), kept.pk):
            moved[reference.key] = [str(pk) for pk in changed]
    return moved


def _return(kept: Party, gone: Party, moved: Mapping[str, Collection[str]]) -> None:
    for reference in references():
        there = _rows(reference).filter(pk__in=moved.get(reference.key, ()), **{reference.column: kept.pk})
        _point(reference, list(there.values_list("pk", flat=True)), gone.pk)


def _point(reference: Reference, rows: list[uuid.UUID], to: uuid.UUID) -> list[uuid.UUID]:
    """Point these rows to a party at once; where one of them is there already, one by one. Returns what was changed."""
    try:
        with transaction.atomic():
            _rows(reference).filter(pk__in=rows).update(**{reference.column: to})
    except IntegrityError:  # the same account, role or number is there already
        return [pk for one in rows for pk in _point(reference, [one], to)] if len(rows) > 1 else []
    return rows


def _rows(reference: Reference) -> Any:
    model: Any = apps.get_model(reference.model)  # noqa: TID251  the label stands in a module.py, a test tries each
    return model.objects.filter(tenant_id=current_tenant(), **reference.where)


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
