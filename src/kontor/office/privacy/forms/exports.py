"""What is asked when a copy is ordered and when it is fetched."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.age import AgeError, Recipient
from kontor.kernel.forms import DayField


class AskForm(forms.Form):
    """For whom the copy is encrypted, if for anybody."""

    recipient = forms.CharField(
        label=_("Encrypt for this public key"),
        required=False,
        max_length=100,
        help_text=_("An age key, beginning with age1. Only whoever has its secret part opens the file."),
    )

    def clean_recipient(self) -> str:
        """Refuse what is no age key."""
        text: str = self.cleaned_data["recipient"]
        try:
            return str(Recipient.read(text)) if text else ""
        except AgeError as error:
            raise forms.ValidationError(
                _("This is no age key. Copy it as age-keygen printed it, from age1 to its end.")
            ) from error


class PlanForm(forms.Form):
    """The day of a company's own contingency plan."""

    day = DayField(label=_("Our contingency plan is of"))


class FetchForm(forms.Form):
    """What is fetched, and the passphrase with which it is encrypted on its way, if with any."""

    what = forms.ChoiceField(
        label=_("What"),
        choices=[("all", _("Everything (ZIP)")), ("database", _("The database alone (SQL)"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        required=False,
        min_length=12,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The file then opens with age or rage and this passphrase; nobody can tell you it later."),
    )
