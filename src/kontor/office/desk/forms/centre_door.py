"""What is filled in at the door of a customer centre, and in its forum."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

TOO_MANY: Final = _("Too many attempts. Wait a while, or let us mail you a link.")
_PASSWORD: Final = {"autocomplete": "current-password"}
_NEW: Final = {"autocomplete": "new-password"}


class ComeInForm(forms.Form):
    """The address, and the password of whoever set one."""

    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs=_PASSWORD),
        help_text=_("If you set one. Left empty, a link comes into your mailbox."),
    )  # fmt: skip


class ForgottenForm(forms.Form):
    """The address to which the link goes that sets a password."""

    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(forms.Form):
    """A password to be."""

    new = forms.CharField(
        label=_("New password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_NEW),
        help_text=_("At least ten characters. A sentence is easier to remember than a word."),
    )  # fmt: skip


class ChangePasswordForm(NewPasswordForm):
    """Another password than the one that is shown."""

    current = forms.CharField(
        label=_("The password you have"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_PASSWORD)
    )
    field_order = ("current", "new")


class DropPasswordForm(forms.Form):
    """The password that is given up."""

    current = forms.CharField(
        label=_("The password you have"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_PASSWORD)
    )


class TopicForm(forms.Form):
    """A topic of the forum."""

    title = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(label=_("Your words"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))


class PostForm(forms.Form):
    """What is written under a topic."""

    text = forms.CharField(label=_("Your answer"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))


class RemoveForm(forms.Form):
    """Why something is taken off the forum."""

    because = forms.CharField(label=_("Why is it removed?"), max_length=300)
