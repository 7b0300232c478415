"""An entry of a register: its fields come from the register itself."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.registers import Proof
from kontor.rulebook.money import Money
from kontor.rulebook.registers import Field, Kind

LONGEST: Final = 300


class EntryForm(forms.Form):
    """The facts of an entry, a proof, and whether nothing more is expected."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("PDF"))
    close = forms.BooleanField(label=_("Close the entry: nothing more is expected"), required=False)

    def __init__(self, *args: Any, asked: tuple[Field, ...], currency: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.asked, self.currency = asked, currency
        self.fields["key"].initial = uuid.uuid4()
        for each in asked:
            self.fields[each.key] = _field(each, currency)

    @property
    def entered(self) -> list[forms.BoundField]:
        """The fields of the register, to be drawn in their order."""
        return [self[each.key] for each in self.asked]

    def facts(self) -> dict[str, Any]:
        """Return what was filled in, as the rulebook reads it."""
        given = self.cleaned_data
        return {each.key: self._read(each, given[each.key]) for each in self.asked}

    def sent_proof(self) -> Proof | None:
        """Return the file's name and bytes, None where none was sent."""
        file = self.cleaned_data["proof"]
        return (file.name, file.read()) if file else None

    def _read(self, each: Field, value: Any) -> Any:
        return Money.parse(value, self.currency) if each.kind is Kind.MONEY and value is not None else value


def as_entered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as a form's first values."""
    return {key: value.amount if isinstance(value, Money) else value for key, value in facts.items()}


def _field(each: Field, currency: str) -> forms.Field:
    label = spoken(each.label)
    match each.kind:
        case Kind.DAY:
            return DayField(label=label, required=each.required)
        case Kind.MONEY:
            return AmountField(label=label, required=each.required, min_value=0, currency=currency)
        case Kind.YES:
            return forms.BooleanField(label=label, required=False)
        case Kind.CHOICE:
            options = [(key, spoken(words)) for key, words in each.choices]
            first = [] if each.required else [("", _("not known yet"))]
            return forms.ChoiceField(label=label, required=each.required, choices=[*first, *options])
        case _:
            return forms.CharField(label=label, required=each.required, max_length=LONGEST)
