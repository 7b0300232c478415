"""Filing an addendum."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.addenda import NewAddendum
from kontor.rulebook.addendum import Signatures
from kontor.rulebook.ruling import Text


class AddendumForm(forms.Form):
    """What the paper is called and says, where it stands, and who signed it when."""

    title = forms.CharField(label=_("Title"), max_length=200)
    says = forms.CharField(
        label=_("What it says"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("In one sentence")
    )
    rank = forms.ChoiceField(label=_("Rank"), required=False)
    provision = forms.CharField(
        label=_("Provision that it names expressly"),
        max_length=100,
        required=False,
        help_text=_("As the terms number it, such as 4.6.1"),
    )
    effective_on = DayField(label=_("Holds from"))
    signed_by_us_on = DayField(label=_("Signed by us on"))
    signed_by_customer_on = DayField(label=_("Signed by the customer on"))
    file = forms.FileField(label=_("Signed paper"), help_text=_("PDF"))

    def __init__(self, *args: object, ranks: Mapping[str, Text], **given: object) -> None:
        super().__init__(*args, **given)  # type: ignore[arg-type]
        if ranks:
            self.fields["rank"].choices = [(key, spoken(label)) for key, label in ranks.items()]  # type: ignore[attr-defined]
            self.fields["rank"].required = True
        else:
            del self.fields["rank"]

    def told(self) -> NewAddendum:
        """Return what was filled in."""
        given = self.cleaned_data
        return NewAddendum(
            title=given["title"],
            says=given["says"],
            rank=given.get("rank", ""),
            provision=given["provision"],
            effective_on=given["effective_on"],
            signed=Signatures(given["signed_by_us_on"], given["signed_by_customer_on"]),
        )
