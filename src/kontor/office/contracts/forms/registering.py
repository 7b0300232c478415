"""What the open registration asks for: the items of the terms, and no other."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.contracts.actions.registering import Registering


class RegisteringForm(forms.Form):
    """Five items; the two others, from where and when, are noted by themselves."""

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    address = forms.CharField(label=_("Address"), max_length=300, help_text=_("Street, postcode and town"))
    telephone = forms.CharField(label=_("Telephone or mobile"), max_length=50)
    email = forms.EmailField(
        label=_("E-mail"), max_length=320, help_text=_("A link that confirms the registration is sent to this address")
    )

    @property
    def told(self) -> Registering:
        """What was filled in."""
        return Registering(**self.cleaned_data)
