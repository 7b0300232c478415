"""What people say when they ask for a signature, and when they sign or refuse."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

INSIDE, OUTSIDE = "inside", "outside"
SHORT: Final = forms.Textarea(attrs={"rows": 3})
TYPED, DRAWN = "typed", "drawn"
_WHERE: Final = ((OUTSIDE, _("Somebody outside")), (INSIDE, _("Somebody who works here")))
_HOWS: Final = ((TYPED, _("With my name, typed")), (DRAWN, _("Drawn with finger, pen or mouse")))


class AskForm(forms.Form):
    """Who is to sign, and until when."""

    where = forms.ChoiceField(label=_("Who is to sign?"), choices=_WHERE, initial=OUTSIDE, widget=forms.RadioSelect)
    user = forms.TypedChoiceField(label=_("Person"), coerce=uuid.UUID, required=False, empty_value=None)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=320, required=False)
    note = forms.CharField(label=_("A word to them"), max_length=500, required=False, widget=SHORT)
    days = forms.IntegerField(label=_("Asked for days"), min_value=1, max_value=90)

    def __init__(self, *args: Any, people: Iterable[tuple[uuid.UUID, str]], **given: Any) -> None:
        """Offer the people who work here."""
        super().__init__(*args, **given)
        choices = [("", ""), *((str(key), name) for key, name in people)]
        self.fields["user"].choices = choices  # type: ignore[attr-defined]
        for name in ("user", "name", "email"):
            self.fields[name].needed_where_shown = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Demand the person, or name and address."""
        given: dict[str, Any] = super().clean() or {}
        needed = ("user",) if given.get("where") == INSIDE else ("name", "email")
        for field in needed:
            if not given.get(field) and field not in self.errors:
                self.add_error(field, _("This is needed."))
        return given


class SignForm(forms.Form):
    """A signature: typed, or drawn besides."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    how = forms.ChoiceField(label=_("How do you sign?"), choices=_HOWS, initial=TYPED, widget=forms.RadioSelect)
    drawn = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    consent = forms.BooleanField()

    def __init__(self, *args: Any, consent: str, **given: Any) -> None:
        """Word what is declared; nothing is ticked before."""
        super().__init__(*args, **given)
        self.fields["consent"].label = consent

    def clean(self) -> dict[str, Any]:
        """Take no drawing along where the typed name is the signature, and demand one where it is not."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("how") == TYPED:
            given["drawn"] = ""
        elif not given.get("drawn"):
            self.add_error("how", _("The field is empty: draw in it, or sign with your typed name."))
        return given


class RefuseForm(forms.Form):
    """Why somebody does not sign; they need not say."""

    reason = forms.CharField(label=_("Why not?"), max_length=500, required=False, widget=SHORT)
