"""What an app says of its device, and what a tenant asks of devices."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kontor.kernel.models import AccessPolicy
from kontor.kernel.wording import spoken
from kontor.office.identity.models import Device
from kontor.office.identity.queries.clients import VERSION
from kontor.office.identity.queries.devices import FOUND, LOCKS, Facts

_VOUCHED = _(
    "The app shows a signed verdict each day: only that the device was not tampered with is sure then, the rest stays "
    "the app's word."
)
_NOBODY_VOUCHES = _(
    "No service that vouches for devices is connected here: with this, no app is let in, only browsers."
)
_LONGEST = 3650  # days; only against typing errors


class FactsForm(forms.Form):
    """The facts as an app sends them."""

    device = forms.RegexField(r"^[\w.:-]{1,100}$")
    model = forms.CharField(max_length=100, required=False)
    system = forms.ChoiceField(choices=Device.System.choices)
    version = forms.RegexField(rf"^{VERSION.pattern}$", max_length=20)
    beta = forms.BooleanField(required=False)
    integrity = forms.ChoiceField(choices=[(key, key) for key in FOUND])
    lock = forms.ChoiceField(choices=[(key, key) for key in (*LOCKS, "none")])
    patch_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    private = forms.BooleanField(required=False)

    @property
    def facts(self) -> Facts:
        """What was said, once it was checked."""
        return Facts(**self.cleaned_data)


class DevicePolicyForm(forms.Form):
    """What a tenant asks of the devices on which its people use the app."""

    device_locks = forms.MultipleChoiceField(
        label=_("Allowed device locks"),
        help_text=_("None ticked: no lock is asked for."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    patch_days = forms.IntegerField(
        label=_("Security patches at most so old"),
        help_text=_("Older devices stand in the list, and their people are written to. Empty: nobody looks."),
        min_value=1,
        max_value=_LONGEST,
        required=False,
    )
    own_devices = forms.BooleanField(
        label=_("Allow private devices"),
        help_text=_("Whoever uses one accepts the rules for private devices first."),
        required=False,
    )
    device_integrity = forms.BooleanField(
        label=_("Only devices that their maker vouches for"),
        required=False,
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["device_integrity"].help_text = _VOUCHED if settings.KONTOR_DEVICE_KEYS else _NOBODY_VOUCHES
        self.fields["device_locks"].choices = [(key, spoken(word)) for key, word in LOCKS.items()]  # type: ignore[attr-defined]


def device_policy_form(policy: AccessPolicy, data: Any = None) -> DevicePolicyForm:
    """Return the form as it stands for a policy."""
    initial = {name: getattr(policy, name) for name in DevicePolicyForm.base_fields}
    return DevicePolicyForm(data, initial=initial)
