"""From which version on a browser or a mobile system is let in."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.office.identity.queries.clients import FAMILIES, VERSION, is_older, oldest_built


class SupportedClientForm(forms.Form):
    """A line of the list, from a day on."""

    family = forms.ChoiceField(label=_("Browser or system"), choices=tuple(FAMILIES.items()))
    minimum = forms.RegexField(
        rf"^{VERSION.pattern}$",
        label=_("Oldest version let in"),
        required=False,
        help_text=_("Such as 12 or 17.4. Empty: it is let in no more."),
    )
    from_on = DayField(label=_("From"), help_text=_("Until the day before, whoever is older is warned and let in."))

    def __init__(self, *given: Any, today: date, **more: Any) -> None:
        super().__init__(*given, **more)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Refuse a browser older than the pages are built for."""
        given = self.cleaned_data
        family, minimum = given.get("family", ""), given.get("minimum", "")
        if minimum and is_older(minimum, oldest := oldest_built(family)):
            told = {"name": FAMILIES[family], "oldest": oldest}
            self.add_error("minimum", _("The pages are built for %(name)s %(oldest)s and newer.") % told)
        return given

    def clean_from_on(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["from_on"]
        if day < self.today:
            raise forms.ValidationError(_("That day is over. Name today or a day to come."))
        return day
