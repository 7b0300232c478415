"""What a customer types to accept an offer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

_SHA256 = RegexValidator(r"^[0-9a-f]{64}$", _("This page is not of this offer. Open the link in the mail again."))


class AcceptanceForm(forms.Form):
    """
    Name, function and declarations; nothing is ticked beforehand.

    declarations  as `offers.declarations_of` returns them: key, clause, and the sentence by language
    """

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    function = forms.CharField(
        label=_("Your function"),
        max_length=200,
        help_text=_("Such as managing director or authorised signatory"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=320,
        help_text=_("Confirmation and invitation go to this address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, validators=[_SHA256])

    def __init__(self, *args: Any, declarations: Sequence[Mapping[str, str]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._declared = {f"declare_{each['key']}": each["clause"] for each in declarations}
        for each in declarations:
            self.fields[f"declare_{each['key']}"] = forms.BooleanField(
                label=each[language],
                error_messages={"required": _("Without this declaration the offer cannot be accepted.")},
            )

    @property
    def declarations(self) -> Iterator[tuple[BoundField, str]]:
        """The boxes to tick, each with the clause that asks for it."""
        return ((self[name], clause) for name, clause in self._declared.items())

    @property
    def ticked(self) -> list[str]:
        """The keys of what was declared."""
        return [name.removeprefix("declare_") for name in self._declared if self.cleaned_data.get(name)]

    def clean_sha256(self) -> bytes:
        """Return the digest of what was shown."""
        return bytes.fromhex(self.cleaned_data["sha256"])
