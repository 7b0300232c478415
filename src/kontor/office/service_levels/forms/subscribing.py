"""How somebody asks to be told of the status page's news."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SubscribeForm(forms.Form):
    """An address; with a webhook the news goes there, and the mail only confirms it."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
    webhook = forms.CharField(
        label=_("Webhook"),
        max_length=500,
        required=False,
        help_text=_("Leave it empty for mail. With an address the news is posted there, signed."),
    )
