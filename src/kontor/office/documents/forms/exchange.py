"""What people say when they share a folder, and what the person outside says."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.documents.forms.store import FilesField

SHORT: Final = forms.Textarea(attrs={"rows": 3})


class ExchangeForm(forms.Form):
    """A folder to be shared."""

    title = forms.CharField(label=_("What is it about?"), max_length=200)
    name = forms.CharField(label=_("Name of the person outside"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), max_length=320, help_text=_("The link goes there. The password you pass on by another way.")
    )
    note = forms.CharField(label=_("A word to them"), max_length=500, required=False, widget=SHORT)
    days = forms.IntegerField(label=_("Open for days"), min_value=1, max_value=7, initial=7)
    may_add = forms.BooleanField(label=_("They may put files in, too"), required=False, initial=True)
    document = forms.UUIDField(required=False, widget=forms.HiddenInput)


class PutInForm(forms.Form):
    """A document to be laid into a folder."""

    document = forms.TypedChoiceField(label=_("Document"), coerce=uuid.UUID)

    def __init__(self, *args: Any, documents: Iterable[tuple[uuid.UUID, str]], **given: Any) -> None:
        """Offer the documents that the person sees."""
        super().__init__(*args, **given)
        choices = [("", ""), *((str(key), title) for key, title in documents)]
        self.fields["document"].choices = choices  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """The password of a folder."""

    password = forms.CharField(
        label=_("Password"), max_length=100, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )


class BringForm(forms.Form):
    """Files from outside."""

    file = FilesField(label=_("Files"), help_text=_("Up to 100 MB each. Programs and encrypted archives stay outside."))
