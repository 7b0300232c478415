"""Registering for a trial, offering one, choosing what follows, and noting what was erased."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.forms import ChoiceWithHint, DayField
from kontor.office.books import public as books
from kontor.office.contracts.actions.trials import Offering, Registration
from kontor.rulebook.terms.units import Item

_UNITS = (("days", _("days")), ("weeks", _("weeks")), ("months", _("months")))
_ONE = {"days": "day", "weeks": "week", "months": "month"}


class RegisterForm(forms.Form):
    """Who registers, and what they declare: nothing is ticked beforehand."""

    company = forms.CharField(label=_("Company"), max_length=200)
    person = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), max_length=320, help_text=_("The invitation to sign in is sent to this address")
    )

    def __init__(self, *args: Any, declarations: Sequence[Mapping[str, str]], language: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.language, self.declarations = language, declarations
        for each in declarations:
            self.fields[f"declare_{each['key']}"] = forms.BooleanField(label=each[language])

    def told(self) -> Registration:
        """Return what was filled in."""
        given = self.cleaned_data
        ticked: Collection[str] = [each["key"] for each in self.declarations if given[f"declare_{each['key']}"]]
        return Registration(
            company=given["company"], person=given["person"], email=given["email"], language=self.language,
            ticked=ticked,
        )  # fmt: skip


class OfferTrialForm(forms.Form):
    """How long one may try, when the end is announced, and how many of what a price list sells."""

    amount = forms.IntegerField(label=_("Lasts"), min_value=1, max_value=365)
    unit = forms.ChoiceField(label=_("counted in"), choices=_UNITS, initial="days")
    warned_before = forms.CharField(
        label=_("End announced so many days before"), initial="7, 1", help_text=_("Whole days, separated by commas")
    )
    open = forms.BooleanField(label=_("The public page takes registrations"), required=False, initial=True)

    def __init__(self, *args: Any, items: Sequence[books.ListedItem], language: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.items = {f"item_{item.id}": item for item in items}
        for name, item in self.items.items():
            self.fields[name] = forms.IntegerField(
                label=item.name(language), min_value=0, initial=0, help_text=_("0 leaves it out of the trial")
            )

    def clean_warned_before(self) -> list[int]:
        """Read the days; ValidationError for what is no list of whole numbers."""
        try:
            return [int(each) for each in self.cleaned_data["warned_before"].split(",")]
        except ValueError as error:
            raise ValidationError(gettext("Write whole numbers, such as 7, 1.")) from error

    def told(self, pack: str, prices: books.ListedPrices) -> Offering:
        """Return what was filled in."""
        given = self.cleaned_data
        unit = _ONE[given["unit"]] if given["amount"] == 1 else given["unit"]
        return Offering(
            pack=pack, seller=prices.seller, length=f"{given['amount']} {unit}", warned_before=given["warned_before"],
            opens=[
                {"module": item.module, "unit": item.unit, "quantity": given[name]}
                for name, item in self.items.items()
                if given[name]
            ],
            open=given["open"],
        )  # fmt: skip


class ChoiceForm(forms.Form):
    """What a buyer wants: to go on with the data, or to start anew."""

    def __init__(
        self, *args: Any, choices: Sequence[Item], hints: Mapping[str, Any], language: str, **given: Any
    ) -> None:
        super().__init__(*args, **given)
        options = [(item.key, item.label.spoken(language), hints.get(item.key, "")) for item in choices]
        self.fields["choice"] = ChoiceWithHint(label=_("After the order"), options=options)


class ErasedForm(forms.Form):
    """That everything entered in a trial is erased: when, and how."""

    on = DayField(label=_("Erased on"))
    note = forms.CharField(label=_("What was erased, and by whom"), max_length=300)
