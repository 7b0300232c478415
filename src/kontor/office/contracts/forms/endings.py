"""Entering notices, their receipt and withdrawal, and what is known of an extraordinary ending."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.noticing import NewNotice, Upload
from kontor.rulebook.ending.breach import OTHER, immediate_grounds
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import SHAPES, Kind
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack

_OTHER: Final = Text("Anderes, in Worten", "Another, in words")


def _means() -> list[tuple[str, str]]:
    return [(each.value, spoken(each.spoken)) for each in Means]


def upload(found: Any) -> Upload | None:
    """Return what was uploaded, None where nothing was."""
    if not found:
        return None
    return Upload(name=found.name, media_type=found.content_type or "application/octet-stream", content=found.read())


class NoticeForm(forms.Form):
    """A notice that came in or went out: whose, how, when, for what, and the proof."""

    side = forms.ChoiceField(label=_("Who gives notice"), widget=forms.RadioSelect)
    means = forms.ChoiceField(label=_("How it was sent"))
    sent_on = DayField(label=_("Sent on"), required=False)
    received_on = DayField(label=_("Received on"), required=False)
    given_by = forms.CharField(label=_("Signed by"), max_length=200)
    wished_on = DayField(label=_("Day the notice names"), required=False)
    parts = forms.MultipleChoiceField(label=_("Only these parts"), required=False, widget=forms.CheckboxSelectMultiple)
    unauthorised = forms.BooleanField(
        label=_("Whoever signed is not among the customer's contacts for declarations"), required=False
    )
    proof = forms.FileField(label=_("Proof"), help_text=_("The letter, the return receipt or the mail"))

    def __init__(self, *args: Any, sides: Mapping[str, str], parts: Mapping[str, str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["side"].choices = list(sides.items())  # type: ignore[attr-defined]
        self.fields["means"].choices = _means()  # type: ignore[attr-defined]
        self.fields["parts"].choices = list(parts.items())  # type: ignore[attr-defined]
        if not parts:
            del self.fields["parts"]

    def told(self) -> NewNotice:
        """Return what was filled in; RefusalError where it cannot have happened."""
        told = self.cleaned_data
        given = Given(
            Means(told["means"]),
            sent=told["sent_on"],
            received=told["received_on"],
            wished=told["wished_on"],
            parts=tuple(told.get("parts", ())),
        )
        return NewNotice(
            given=given, side=Side(told["side"]), given_by=told["given_by"], proof=upload(told["proof"]),
            authorised=not told["unauthorised"] or told["side"] == Side.PROVIDER.value,
        )  # fmt: skip


class ReceiptForm(forms.Form):
    """The day a notice was received, and its proof."""

    received_on = DayField(label=_("Received on"))
    proof = forms.FileField(label=_("Proof"), help_text=_("The return receipt"), required=False)


class ConfirmationForm(forms.Form):
    """The day on which somebody authorised confirmed a notice, and what shows it."""

    on = DayField(label=_("Confirmed on"))
    proof = forms.FileField(label=_("Proof"), help_text=_("The confirmation of a contact for declarations"))


class WithdrawalForm(forms.Form):
    """The day a notice was taken back, the other side's consent, and its proof."""

    on = DayField(label=_("Withdrawn on"))
    consented_on = DayField(label=_("The other side consented on"), required=False)
    proof = forms.FileField(label=_("Proof"), required=False)


class ReturnForm(forms.Form):
    """The written assurance of a return, or the certificate of a destruction."""

    proof = forms.FileField(label=_("Assurance or certificate"), help_text=_("Signed, as a PDF"))
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class ProofForm(forms.Form):
    """A document that proves something in a case."""

    about = forms.CharField(label=_("What it shows"), max_length=300)
    file = forms.FileField(label=_("File"))


class DaysField(forms.CharField):
    """Several days, one in each line or separated by commas, as ISO dates or as the language writes them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> tuple[date, ...]:  # type: ignore[override]
        """Return the days in order; ValidationError where a part is no day."""
        text = (super().to_python(value) or "").replace("\n", ",").replace(";", ",")
        one = forms.DateField()
        return tuple(sorted({one.clean(part.strip()) for part in text.split(",") if part.strip()}))

    def prepare_value(self, value: Any) -> Any:
        """Show one day in each line."""
        if isinstance(value, (list, tuple)):
            return "\n".join(str(each) for each in value)
        return value

    def validate(self, value: Any) -> None:
        """Accept no day at all only where none is required."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")


class CaseForm(forms.Form):
    """What is known of a case: the fields that its kind asks for, step by step."""

    due = DayField(label=_("Last day for the payment"), required=False)
    paid_on = DayField(label=_("Paid on"), required=False)
    notified_on = DayField(label=_("Notification of the arrears received on"), required=False)
    threat_on = DayField(label=_("Threat of termination received on"), required=False)
    threat_by = forms.ChoiceField(label=_("How the threat was sent"), required=False)
    letter_on = DayField(label=_("Letter about the breach received on"), required=False)
    letter_by = forms.ChoiceField(label=_("How the letter was sent"), required=False)
    letter_states = forms.MultipleChoiceField(
        label=_("The letter states"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cured_on = DayField(label=_("Cured on"), required=False)
    ground = forms.ChoiceField(label=_("Ground"), required=False)
    ground_text = forms.CharField(
        label=_("The ground in words"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    breaches = DaysField(
        label=_("Days of the breaches"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One day in each line, such as 2027-03-01"),
    )  # fmt: skip
    cure_until = DayField(label=_("Time to cure until"), required=False)
    capped = DaysField(
        label=_("Months with the full reduction"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The first day of each month in a line of its own, such as 2027-03-01"),
    )  # fmt: skip
    event = forms.ChoiceField(label=_("Event"), required=False)
    event_text = forms.CharField(label=_("The event in words"), required=False, max_length=300)
    event_sent = DayField(label=_("Notice of the event sent on"), required=False)
    event_on = DayField(label=_("Notice of the event received on"), required=False)
    event_over = DayField(label=_("Event over on"), required=False)
    objected_on = DayField(label=_("Objection received on"), required=False)
    unreasonable = forms.CharField(
        label=_("Why going on without the change cannot be expected"), required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    declared_on = DayField(label=_("Termination received on"), required=False)
    declared_by = forms.ChoiceField(label=_("How the termination was sent"), required=False)

    def __init__(self, *args: Any, kind: Kind, pack: TermsPack, **given: Any) -> None:
        super().__init__(*args, **given)
        self.steps = SHAPES[kind].asks
        asked = {name for step in self.steps for name in step}
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        for name, choices in _choices(kind, pack).items():
            if name in self.fields:
                self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def told(self) -> Told:
        """Return what is known; what was left open stays unknown."""
        known = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("threat_by", "letter_by", "declared_by"):
            if name in known:
                known[name] = Means(known[name])
        if "letter_states" in known:
            known["letter_states"] = frozenset(known["letter_states"])
        return Told(**known)


def _choices(kind: Kind, pack: TermsPack) -> dict[str, Iterable[tuple[str, str]]]:
    termination, events = pack.termination, pack.force_majeure
    means = [("", "—"), *_means()]
    found: dict[str, Iterable[tuple[str, str]]] = {"threat_by": means, "letter_by": means, "declared_by": means}
    if termination and termination.cure_letter_states:
        found["letter_states"] = [(item.key, spoken(item.label)) for item in termination.cure_letter_states.value]
    grounds = immediate_grounds(pack)
    if kind is Kind.GOOD_CAUSE and termination and termination.provider_grounds:
        grounds = termination.provider_grounds.value
    others = [(OTHER, spoken(_OTHER))]
    listed = [(item.key, spoken(item.label)) for item in grounds]
    found["ground"] = [("", "—"), *listed, *(others if kind is Kind.GOOD_CAUSE else [])]
    happened = events.events.value if events and events.events else ()
    found["event"] = [("", "—"), *((item.key, spoken(item.label)) for item in happened), *others]
    return found
