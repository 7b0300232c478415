"""A lock of a customer's access, and a violation, as staff enter them."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.house_locks import LockPlan
from kontor.office.contracts.forms.endings import upload
from kontor.rulebook.ruling import Text

_LENGTH: Final = 1000


class HouseLockForm(forms.Form):
    """Whose access, for which of the contract's reasons, shown by what, weighed how, and announced or why not."""

    user_name = forms.EmailField(
        label=_("User name"),
        help_text=_("The e-mail address by which the person signs in. Empty: everybody of the customer."),
        max_length=320,
        required=False,
    )
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    evidence = forms.CharField(label=_("What shows it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=_LENGTH)
    proof = forms.FileField(label=_("As a file"), required=False)
    weighing = forms.CharField(
        label=_("The customer's interests"),
        help_text=_("How they were weighed against the reason; for a whole customer, why it is at fault."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_LENGTH,
        required=False,
    )
    immediate = forms.CharField(
        label=_("Why it cannot be announced"),
        help_text=_("Empty: it is announced by mail now, and holds from the moment that the contract gives."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=_LENGTH,
        required=False,
    )

    def __init__(self, *given: Any, reasons: Sequence[tuple[str, Text]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].choices = [(key, spoken(words)) for key, words in reasons]  # type: ignore[attr-defined]

    @property
    def plan(self) -> LockPlan:
        """The lock as it is planned."""
        told = self.cleaned_data
        return LockPlan(
            reason=told["reason"], user_name=told["user_name"], evidence=told["evidence"], proof=upload(told["proof"]),
            weighing=told["weighing"], immediate=told["immediate"],
        )  # fmt: skip


class LiftLockForm(forms.Form):
    """Why a lock is lifted."""

    because = forms.CharField(label=_("Why it is lifted"), max_length=_LENGTH)


class ViolationForm(forms.Form):
    """Who broke which rule, and when."""

    user_name = forms.EmailField(label=_("User name"), max_length=320)
    rule = forms.CharField(label=_("Rule"), max_length=300)
    on = DayField(label=_("Day"))
