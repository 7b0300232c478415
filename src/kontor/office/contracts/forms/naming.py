"""Whom a customer authorises to make and receive declarations."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    """A person with function and address."""

    name = forms.CharField(label=_("Name"), max_length=200)
    function = forms.CharField(label=_("Function"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320)
