"""Which pages the house may look at, what for, and for how long; and a call for help that it answers with a lock."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.models import Tenant
from kontor.kernel.registry import Permission
from kontor.kernel.wording import spoken
from kontor.office.identity.actions.support import EMERGENCY_HOURS, MOST_HOURS, Look
from kontor.office.identity.queries.support import areas


class LookForm(forms.Form):
    """Pages, purpose and hours; the offered permissions are those that whoever fills it in can give or ask for."""

    purpose = forms.CharField(label=_("What for"), max_length=300)
    permissions = forms.MultipleChoiceField(label=_("Which pages"), widget=forms.CheckboxSelectMultiple)
    hours = forms.IntegerField(label=_("For how many hours"), min_value=1, max_value=MOST_HOURS, initial=8)

    backup_on = DayField(
        label=_("Your last backup"),
        required=False,
        help_text=_(
            "You confirm the day on which you last backed up your data; your contract asks for it before every "
            "intervention."
        ),
    )

    def __init__(self, *given: Any, offer: Sequence[Permission], backup: bool = False, **more: Any) -> None:
        super().__init__(*given, **more)
        if not backup:
            del self.fields["backup_on"]
        titles = {one.key: spoken(title) for title, kept in areas([each.key for each in offer]) for one in kept}
        chosen = self.fields["permissions"]
        chosen.choices = [(one.key, spoken(one.meaning)) for one in offer]  # type: ignore[attr-defined]
        chosen.hints = titles  # type: ignore[attr-defined]

    @property
    def look(self) -> Look:
        """What was asked for or given."""
        told = self.cleaned_data
        return Look(
            permissions=told["permissions"], purpose=told["purpose"], hours=told["hours"],
            reference=told.get("reference", ""), backup_on=told.get("backup_on"),
        )  # fmt: skip


class AskForm(LookForm):
    """The same, asked by the house of one of its customers."""

    tenant = forms.ModelChoiceField(label=_("Customer"), queryset=Tenant.objects.none())
    reference = forms.CharField(
        label=_("Case or ticket"), max_length=60, help_text=_("It stands in the customer's record with every page.")
    )
    field_order = ("tenant", "purpose", "reference", "permissions", "hours")

    def __init__(self, *given: Any, emergency: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["tenant"].queryset = Tenant.objects.filter(is_house=False).order_by("name")  # type: ignore[attr-defined]
        self.fields["reference"].required = not emergency
        if emergency:
            hours = self.fields["hours"]
            hours.max_value, hours.initial = EMERGENCY_HOURS, EMERGENCY_HOURS  # type: ignore[attr-defined]
            hours.help_text = _("Four at most.")


class EmergencyForm(forms.Form):
    """Whose access is locked on a call for help, why, and what the call said."""

    tenant = forms.ModelChoiceField(label=_("Customer"), queryset=Tenant.objects.none())
    user_name = forms.EmailField(label=_("User name"), max_length=320)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    told = forms.CharField(
        label=_("What the e-mail said, and who sent it"), widget=forms.Textarea(attrs={"rows": 4}), max_length=600
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["tenant"].queryset = Tenant.objects.filter(is_house=False).order_by("name")  # type: ignore[attr-defined]
