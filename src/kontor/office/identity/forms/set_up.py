"""Whom the people of a company can call about its access."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.identity.actions.invitations import Contact


class ContactForm(forms.Form):
    """Name, telephone and e-mail of the administration, asked for when a company is set up."""

    contact_name = forms.CharField(label=_("Name"), max_length=200)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=50)
    contact_email = forms.EmailField(label=_("E-mail"), max_length=320)

    @property
    def contact(self) -> Contact:
        """Whom to call."""
        return Contact(**{name.removeprefix("contact_"): value for name, value in self.cleaned_data.items()})
