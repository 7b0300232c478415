"""The steps of a request, each a form of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions import subject_answers, subject_erasures, subject_forwards, subjects as actions
from kontor.office.privacy.forms import subjects as entry
from kontor.office.privacy.models import SubjectRequest
from kontor.office.privacy.queries import subject_data, subjects as queries
from kontor.office.privacy.queries.register import entries
from kontor.rulebook.ruling import Text

Make = Callable[[TenantRequest, SubjectRequest], forms.Form]
Act = Callable[[SubjectRequest, dict[str, Any], dict[str, Any]], object]
_TELEMETRY: Final = Text("Zählen der Seitenaufrufe", "Counting of pages")
_ALL: Final = Text("alle Zwecke", "every purpose")


@dataclass(frozen=True, slots=True)
class Step:
    """A form about a request: its heading, how it is made, what is done with it; a sentence below the heading."""

    title: Any
    label: Any
    form: Make
    act: Act
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A step as the page offers it: where it makes sense for a request, in the house or at a customer."""

    key: str
    label: Any
    icon: str
    offered: Callable[[SubjectRequest, bool], bool]


def _words(label: Any, *, required: bool = True) -> Make:
    return lambda request, _row: entry.WordsForm(request.POST or None, label=label, required=required)


def _answer_form(request: TenantRequest, row: SubjectRequest) -> forms.Form:
    packed = row.kind in subject_answers.PACKED
    held = subject_data.found(queries.subject_of(row)) if packed else ()
    shared = [(each.label, spoken(each.data.about)) for each in held if each.data.shared]
    return entry.AnswerForm(request.POST or None, shared=shared, packed=packed)


def _forward_form(request: TenantRequest, row: SubjectRequest) -> forms.Form:
    had = row.forwards.values_list("customer_tenant_id", flat=True)
    rows = Tenant.objects.filter(is_house=False).exclude(pk__in=had).order_by("name")
    return entry.ForwardForm(request.POST or None, tenants=[(str(each.pk), each.name) for each in rows])


def _mark_form(request: TenantRequest, _row: SubjectRequest) -> forms.Form:
    uses = [(each.key, spoken(each.processing.title)) for each in entries()]
    purposes = [("", spoken(_ALL)), (queries.TELEMETRY, spoken(_TELEMETRY)), *uses]
    return entry.MarkForm(request.POST or None, purposes=purposes)


def _answer(row: SubjectRequest, said: dict[str, Any], who: dict[str, Any]) -> object:
    more = {"by_name": said.get("by_name", False), "released": said.get("released", ())}
    return subject_answers.answer(row.pk, said["words"], **more, **who)


def _forward(row: SubjectRequest, said: dict[str, Any], who: dict[str, Any]) -> object:
    return subject_forwards.forward(row.pk, said["tenants"], **who)


STEPS: Final[dict[str, Step]] = {
    "answer": Step(_("Answer the request"), _("Send the answer"), _answer_form, _answer,
                   _("The answer goes out by mail with a link; a file with data can be fetched only there.")),
    "erase": Step(_("Erase everything about them"), _("Answer and erase"), _words(_("Your answer")),
                  lambda row, said, who: subject_erasures.erase_asked(row.pk, said["words"], **who),
                  _("The answer goes out at once, with a link to the certificate; an hour later the data goes and "
                    "cannot be brought back.")),
    "refuse": Step(
        _("Refuse the request"), _("Send the refusal"),
        lambda request, _row: entry.RefuseForm(request.POST or None, language=language()),
        lambda row, said, who: subject_answers.refuse(row.pk, said["ground"], said["words"], **who),
    ),
    "extend": Step(_("It takes longer"), _("Tell them"), _words(_("Why it takes longer")),
                   lambda row, said, who: actions.extend(row.pk, because=said["words"], **who),
                   _("Up to two months more, if it is said within the first month.")),
    "doubts": Step(_("Ask back who it is"), _("Ask"), _words(_("What makes it doubtful, and what would clear it")),
                   lambda row, said, who: actions.ask_who(row.pk, doubts=said["words"], **who),
                   _("Only with real doubts, and never for a copy of an identity card by default.")),
    "know": Step(_("It is clear who asks"), _("Note it"), _words(_("How it became clear")),
                 lambda row, said, who: actions.know(row.pk, how=said["words"], **who)),
    "sort": Step(
        _("Sort it differently"), _("Change"),
        lambda request, row: entry.SortForm(request.POST or None, initial={"kind": row.kind}),
        lambda row, said, who: actions.sort(row.pk, said["kind"], **who),
    ),
    "forward": Step(_("Forward to the controller"), _("Forward"), _forward_form, _forward,
                    _("For data that we process on behalf of a customer: it is told at once, and it answers.")),
    "mark": Step(
        _("Restrict, or note the objection"), _("From now on"), _mark_form,
        lambda row, said, who: subject_answers.mark(row.pk, purpose=said["purpose"], **who),
    ),
    "note": Step(_("Add a note"), _("Keep"), _words(_("Note")),
                 lambda row, said, who: actions.note(row.pk, said["words"], **who)),
    "withdraw": Step(_("The person took it back"), _("Close"), _words(_("How"), required=False),
                     lambda row, said, who: actions.withdraw(row.pk, how=said["words"], **who)),
}  # fmt: skip

LINKS: Final = (
    Link("forward", _("Forward to the controller"), "mail-forward", lambda _row, is_house: is_house),
    Link(
        "mark", _("Restrict, or note the objection"), "lock", lambda row, _h: row.kind in {"restriction", "objection"}
    ),
    Link("know", _("It is clear who asks"), "user-check", lambda row, _h: not row.known_by),
    Link("doubts", _("Ask back who it is"), "question-mark", lambda row, _h: row.known_by != "signed_in"),
    Link("extend", _("It takes longer"), "clock-pause", lambda row, _h: row.extended_at is None),
    Link("sort", _("Sort it differently"), "selector", lambda _row, _h: True),
    Link("note", _("Add a note"), "note", lambda _row, _h: True),
    Link("withdraw", _("The person took it back"), "corner-up-left", lambda _row, _h: True),
)
