"""What staff and customers write down about hardware: one form for each step."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, DayField
from kontor.office.contracts.actions.noticing import Upload

_LANGUAGES = (("de", _("German")), ("en", _("English")), ("fr", _("French")))


class PlanForm(forms.Form):
    """The delivery date."""

    planned_on = DayField(label=_("Delivery date"))


class DeviceForm(forms.Form):
    """A device of a delivery."""

    position = forms.ChoiceField(label=_("Ordered position"))
    serial = forms.CharField(label=_("Serial number"), max_length=100)
    software = forms.CharField(label=_("Installed software and its version"), max_length=100)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["position"].choices = choices  # type: ignore[attr-defined]


class ManualForm(forms.Form):
    """The documentation that goes with a delivery."""

    file = forms.FileField(label=_("Documentation"))
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)


class CarrierForm(forms.Form):
    """The hand-over to the carrier."""

    carrier = forms.CharField(label=_("Carrier"), max_length=100)
    tracking = forms.CharField(label=_("Tracking number"), max_length=100, required=False)
    on = DayField(label=_("Handed over on"))
    proof = forms.FileField(label=_("Proof"), required=False)


class HandOverForm(forms.Form):
    """The hand-over to the customer."""

    on = DayField(label=_("Handed over on"))
    proof = forms.FileField(label=_("Proof"), required=False)


class InspectedForm(forms.Form):
    """What an inspection found."""

    found = forms.CharField(label=_("What you found"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReportForm(forms.Form):
    """A defect of a device, or an event."""

    kind = forms.ChoiceField(label=_("What happened"))
    told = forms.CharField(label=_("In your words"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """The period in which a defect is mended."""

    until = DayField(label=_("To be mended until"))
    fault = forms.BooleanField(label=_("We answer for a failure"), required=False, initial=True)


class SecondForm(forms.Form):
    """The further period that the customer sets."""

    until = DayField(label=_("Further period until"))


class TryForm(forms.Form):
    """A try to mend a defect."""

    remedy = forms.ChoiceField(label=_("Way"))
    on = DayField(label=_("Done on"))
    mended = forms.BooleanField(label=_("The defect is mended"), required=False)
    serial = forms.CharField(label=_("Serial number of the new device"), max_length=100, required=False)
    note = forms.CharField(label=_("What was done"), max_length=300)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["remedy"].choices = choices  # type: ignore[attr-defined]


class GiveBackForm(forms.Form):
    """Rescission or reduction."""

    remedy = forms.ChoiceField(label=_("Way"))
    amount = AmountField(label=_("Reduced by"), min_value=0, required=False, help_text=_("Only for a reduction, net"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["remedy"].choices = choices  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Why a case needs no remedy."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    note = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


def upload(file: Any) -> Upload | None:
    """Return an uploaded file as actions take it, None for none."""
    return Upload(name=file.name, media_type=file.content_type, content=file.read()) if file else None
