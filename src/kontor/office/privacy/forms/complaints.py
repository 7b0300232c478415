"""What is entered of a complaint."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ComplaintForm(forms.Form):
    """Who complained of whose mailing, in which words."""

    of_tenant = forms.ChoiceField(label=_("Whose mailing"))
    email = forms.EmailField(label=_("The address that complained"), max_length=320)
    words = forms.CharField(label=_("In which words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, companies: Iterable[tuple[uuid.UUID, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["of_tenant"].choices = [(str(pk), name) for pk, name in companies]  # type: ignore[attr-defined]
