"""What people type at a terminal."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.identity.public import Colleague
from kontor.products.visitors.actions.inviting import Host
from kontor.products.visitors.forms.inviting import DetailsForm
from kontor.products.visitors.models import VisitType


class CodeForm(forms.Form):
    """A code, from the camera, a reader or typed."""

    code = forms.CharField(label=_("Code"), max_length=400, widget=forms.TextInput({"autocomplete": "off"}))


class PinForm(forms.Form):
    """Six digits."""

    pin = forms.RegexField(
        r"^\d{6}$", label="PIN", strip=True, error_messages={"invalid": _("A PIN has six digits.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
    )  # fmt: skip


class WalkInForm(DetailsForm):
    """
    What somebody unannounced says.

    The host is typed, never chosen from a list: who works here is nobody's business at the door.
    """

    def __init__(self, kind: VisitType, *given: Any, people: Sequence[Colleague], **named: Any) -> None:
        super().__init__(kind, *given, **named)
        self.people = people
        if "host" in self.fields:
            wanted = self.fields["host"].required
            self.fields["host"] = forms.CharField(
                label=_("Whom do you visit?"), max_length=200, required=wanted, help_text=_("First name and name"),
                widget=forms.TextInput({"autocomplete": "off"}),
            )  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_host(self) -> str:
        """Find whoever is meant: one person whose names begin with all that was typed."""
        typed = str(self.cleaned_data["host"])
        if typed and self._meant(typed) is None:
            raise forms.ValidationError(_("We do not find this person. Please ask the reception."))
        return typed

    def host(self) -> Host:
        """Return whoever is visited."""
        each = self._meant(self.cleaned_data.get("host", ""))
        return Host(user=each.user, name=each.name, email=each.email) if each else Host()

    def _meant(self, typed: str) -> Colleague | None:
        words = typed.casefold().split()
        found = [each for each in self.people if words and _fits(words, each.name.casefold().split())]
        return found[0] if len(found) == 1 else None


def _fits(typed: list[str], name: list[str]) -> bool:
    return all(any(part.startswith(word) and len(word) >= min(len(part), 3) for part in name) for word in typed)
