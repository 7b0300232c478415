"""Keys and webhooks as people enter them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel import registry
from kontor.kernel.forms import DayField
from kontor.kernel.webhook_transport import AddressRefusedError, target_of
from kontor.kernel.wording import spoken
from kontor.office.identity.forms.people import midnight_after

LONGEST = timedelta(days=2 * 365)
REFUSED = {
    "form": _("This is no address that can be called. Write it as https://example.org/hooks."),
    "insecure": _("Messages are sent over https only."),
    "private": _("This address belongs to a private network; messages go to the public internet only."),
}


class KeyForm(forms.Form):
    """A key: what it is for, what it may do, and until when."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    last_day = DayField(label=_("Last day"), help_text=_("After this day the key opens nothing; two years at most."))

    def __init__(self, *given: Any, rights: Sequence[tuple[str, str, str]], today: date, **more: Any) -> None:
        super().__init__(*given, **{"initial": {"last_day": today + timedelta(days=365)}, **more})
        self.today = today
        self.fields["scopes"].choices = [(key, meaning) for key, meaning, _asked in rights]  # type: ignore[attr-defined]
        self.fields["scopes"].hints = {key: asked for key, _meaning, asked in rights}  # type: ignore[attr-defined]

    def clean_last_day(self) -> date:
        """Refuse a key that is over, or that nobody would remember."""
        day: date = self.cleaned_data["last_day"]
        if not self.today <= day <= self.today + LONGEST:
            raise forms.ValidationError(_("The last day lies between today and two years from now."))
        return day

    @property
    def expires_at(self) -> datetime:
        """The moment at which the last day is over, in the page's zone."""
        return midnight_after(self.cleaned_data["last_day"])


class WebhookForm(forms.Form):
    """Where to send, what of, and who is told if nothing arrives."""

    address = forms.CharField(
        label=_("Web address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    kinds = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)
    mail_to = forms.EmailField(
        label=_("Who is told"), max_length=320, help_text=_("Gets an e-mail when the webhook is switched off.")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        kinds = [kind for module in registry.modules() for kind in module.events]
        self.fields["kinds"].choices = [(kind.key, spoken(kind.meaning)) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kinds"].hints = {kind.key: kind.key for kind in kinds}  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        """Refuse what nothing is ever sent to."""
        address: str = self.cleaned_data["address"]
        try:
            target_of(address)
        except AddressRefusedError as refused:
            raise forms.ValidationError(REFUSED[refused.reason]) from refused
        return address
