"""What a customer types to accept an offer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from kontor.office.contracts.actions.customer_terms import PDF, Attached

_SHA256 = RegexValidator(r"^[0-9a-f]{64}$", _("This page is not of this offer. Open the link in the mail again."))


CONTACT: Final = ("contact_name", "contact_function", "contact_email")


class AcceptanceForm(forms.Form):
    """
    Name, function and declarations; nothing is ticked beforehand.

    declarations  as `offers.declarations_of` returns them: key, clause, and the sentence by language
    names_contact  whether the terms want a person named who makes and receives declarations
    excludes_own  whether the customer's own terms would have no effect: then they can be attached, to be filed as such
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

    contact_name = forms.CharField(
        label=_("Who makes and receives declarations for you"),
        max_length=200,
        help_text=_("This may be you. Without a person so authorised the contract does not come into being."),
    )
    contact_function = forms.CharField(label=_("That person's function"), max_length=200)
    contact_email = forms.EmailField(label=_("That person's e-mail"), max_length=320)

    own_terms = forms.FileField(
        label=_("Your own terms, if you attach any"),
        required=False,
        help_text=_("PDF. They are filed as excluded and do not become part of the contract."),
    )

    def __init__(
        self,
        *args: Any,
        declarations: Sequence[Mapping[str, str]],
        language: str,
        excludes_own: bool = False,
        names_contact: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in () if names_contact else CONTACT:
            del self.fields[name]
        if not excludes_own:
            del self.fields["own_terms"]
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

    def contact(self) -> dict[str, str] | None:
        """Return whom the customer names for declarations, None where the terms do not ask for it."""
        given = self.cleaned_data
        return {name.removeprefix("contact_"): given[name] for name in CONTACT} if CONTACT[0] in given else None

    def clean_own_terms(self) -> bytes:
        """Return what was attached, b"" for nothing; anything but a PDF is refused."""
        found = self.cleaned_data["own_terms"]
        content: bytes = found.read() if found else b""
        if content and not content.startswith(PDF):
            raise forms.ValidationError(_("Attach your terms as a PDF."))
        return content

    def attached(self, received_on: date) -> Attached | None:
        """Return the terms that came with the acceptance, None without any."""
        content = self.cleaned_data.get("own_terms")
        if not content:
            return None
        name = getattr(self.files["own_terms"], "name", "") or "own-terms.pdf"
        return Attached(content=content, name=name, received_on=received_on, by_customer=True)

    def clean_sha256(self) -> bytes:
        """Return the digest of what was shown."""
        return bytes.fromhex(self.cleaned_data["sha256"])
