"""What people type about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FirstPasswordForm(forms.Form):
    """The password that a person sets for themselves; nobody else ever sees one."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; a sentence is good"),
    )
