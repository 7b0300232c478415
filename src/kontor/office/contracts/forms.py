"""What people type about offers and contracts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AcceptanceForm(forms.Form):
    """Name, function and declarations; nothing is ticked beforehand."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    function = forms.CharField(
        label=_("Your function"), max_length=200, help_text=_("Such as managing director or authorised signatory")
    )
    email = forms.EmailField(
        label=_("Your e-mail"), max_length=320, help_text=_("Confirmation and invitation go to this address")
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, declarations: Sequence[Mapping[str, str]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declaration_names = [f"declare_{each['key']}" for each in declarations]
        for each, name in zip(declarations, self.declaration_names, strict=True):
            self.fields[name] = forms.BooleanField(
                label=each[language],
                help_text=each["clause"],
                error_messages={"required": _("Without this declaration the offer cannot be accepted.")},
            )

    @property
    def ticked(self) -> list[str]:
        """The keys of what was declared."""
        return [name.removeprefix("declare_") for name in self.declaration_names if self.cleaned_data.get(name)]
