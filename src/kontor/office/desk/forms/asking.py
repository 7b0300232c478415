"""What somebody fills in who asks, or who takes down a call."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.office.contracts.public import Served
from kontor.office.desk.forms.work import ClassForm, FileForm

ERROR, UNAVAILABLE = "error", "unavailable"


class AskForm(ClassForm, FileForm):
    """
    A customer's request; the questions are those of its contract.

    category  asked where a contract has a way of its own to claim for a service that was not there
    """

    category = forms.ChoiceField(
        label=_("What is it?"), required=False, widget=forms.RadioSelect, initial=ERROR,
        choices=[
            (ERROR, _("An error or a question")),
            (UNAVAILABLE, _("The service was not available: claim a credit")),
        ],
    )  # fmt: skip

    contract = forms.ChoiceField(label=_("Contract"))
    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(
        label=_("What happened, and under which circumstances?"), widget=forms.Textarea(attrs={"rows": 6})
    )
    help_consulted = forms.BooleanField(label=_("I have looked at the online help"), required=False)
    field_order: tuple[str, ...] = (
        "contract",
        "category",
        "subject",
        "text",
        "effect",
        "workaround",
        "help_consulted",
        "file",
    )

    def __init__(self, *args: Any, contracts: Iterable[Served], claimable: Iterable[UUID] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.contracts = {str(each.id): each for each in contracts}
        listed = [(key, f"{each.number}, {each.seller_name}") for key, each in self.contracts.items() if each.running]
        self.fields["contract"].choices = listed  # type: ignore[attr-defined]
        self.claimable = {str(each) for each in claimable}
        dropped = ("reproducible", "reason") if self.claimable else ("reproducible", "reason", "category")
        for name in dropped:
            del self.fields[name]
        self.order_fields(self.field_order)

    def claims(self) -> str | None:
        """Return the contract under which a credit is claimed instead of an error reported; None for anything else."""
        told = self.data.get("contract", "")
        return told if self.data.get("category") == UNAVAILABLE and told in self.claimable else None

    def clean(self) -> dict[str, Any]:
        """Let the answers be read like anybody's; a customer does not say whether we could reproduce it."""
        return {**super().clean(), "reproducible": None}  # type: ignore[dict-item]


class NoteDownForm(AskForm):
    """A call that somebody takes down; who has no contracts with its customers asks for the customer instead."""

    party = forms.ChoiceField(label=_("Customer"), required=False)
    name = forms.CharField(label=_("Who calls?"), max_length=200)
    email = forms.EmailField(label=_("Their address"), required=False, max_length=320)
    reported = MomentField(label=_("When did they call?"))
    field_order = (
        "contract", "party", "name", "email", "reported", "subject", "text", "effect", "workaround", "help_consulted",
        "file",
    )  # fmt: skip

    def __init__(
        self, *args: Any, contracts: Iterable[Served], parties: Iterable[tuple[UUID, str]], **given: Any
    ) -> None:
        super().__init__(*args, contracts=contracts, **given)
        listed = [(key, f"{each.customer_name}, {each.number}") for key, each in self.contracts.items() if each.running]
        self.fields["contract"].choices = listed  # type: ignore[attr-defined]
        self.fields.pop("category", None)  # whoever calls is asked by who takes it down
        self.fields["party"].choices = [("", _("not known yet")), *((str(key), name) for key, name in parties)]  # type: ignore[attr-defined]
        for name in ("party",) if self.contracts else ("contract", "effect", "workaround", "help_consulted"):
            del self.fields[name]

    def whose(self) -> dict[str, Any]:
        """Return for what it is asked: the contract with the answers to its questions, or the customer."""
        given = self.cleaned_data
        if not self.contracts:
            return {"party": UUID(given["party"]) if given["party"] else None}
        known = self.contracts[given["contract"]].id
        return {"contract": known, "answers": self.answers(), "help_consulted": given["help_consulted"]}


class SayForm(FileForm):
    """What a customer adds."""

    text = forms.CharField(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 4}))


class ContestForm(forms.Form):
    """Why the class is wrong."""

    words = forms.CharField(label=_("Why is the class wrong?"), max_length=1000)


class RateForm(forms.Form):
    """How one was helped."""

    mark = forms.TypedChoiceField(
        label=_("How were you helped?"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, _("very well")), (4, _("well")), (3, _("so-so")), (2, _("badly")), (1, _("not at all"))],
    )  # fmt: skip
    words = forms.CharField(label=_("What could be better?"), max_length=1000, required=False)
