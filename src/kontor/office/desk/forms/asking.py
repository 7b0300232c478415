"""What somebody fills in who asks, or who takes down a call."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.office.contracts.public import Served
from kontor.office.desk.forms.work import ClassForm, FileForm
from kontor.office.desk.queries.coverage import states_conditions
from kontor.office.desk.queries.staff import Colleague

ERROR, UNAVAILABLE = "error", "unavailable"


class AskForm(ClassForm, FileForm):
    """
    A customer's request; the questions are those of its contract.

    category    asked where a contract has a way of its own to claim for a service that was not there
    conditions  asked where a contract's report states under which conditions the fault occurred
    """

    must_tell = True

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
    conditions = forms.CharField(
        label=_("Operating conditions when it occurred"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which device, which version, what was going on?"),
    )  # fmt: skip
    help_consulted = forms.BooleanField(label=_("I have looked at the online help"), required=False)
    field_order: tuple[str, ...] = (
        "contract",
        "category",
        "subject",
        "text",
        "conditions",
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
        stated = any(each.running and states_conditions(each.pack) for each in self.contracts.values())
        for name in dropped if stated else (*dropped, "conditions"):
            del self.fields[name]
        self.order_fields(self.field_order)

    def claims(self) -> str | None:
        """Return the contract under which a credit is claimed instead of an error reported; None for anything else."""
        told = self.data.get("contract", "")
        return told if self.data.get("category") == UNAVAILABLE and told in self.claimable else None

    def clean(self) -> dict[str, Any]:
        """
        Ask for the conditions where the contract's report states them.

        The answers are read like anybody's; a customer does not say whether we could reproduce it.
        """
        given: dict[str, Any] = {**super().clean(), "reproducible": None}  # type: ignore[dict-item]
        chosen = self.contracts.get(given.get("contract", ""))
        missing = chosen is not None and states_conditions(chosen.pack) and not given.get("conditions")
        if self.must_tell and missing:
            self.add_error("conditions", _("Your contract asks for this with each report."))
        return given

    def words(self) -> str:
        """Return what happened, with the conditions where they were asked."""
        given = self.cleaned_data
        told = given.get("conditions", "")
        return f"{given['text']}\n\n{self.fields['conditions'].label}: {told}" if told else str(given["text"])


class NoteDownForm(AskForm):
    """A call that somebody takes down; who has no contracts with its customers asks for the customer instead."""

    party = forms.ChoiceField(label=_("Customer"), required=False)
    name = forms.CharField(label=_("Who calls?"), max_length=200)
    email = forms.EmailField(label=_("Their address"), required=False, max_length=320)
    reported = MomentField(label=_("When did they call?"))
    must_tell = False  # whoever takes a call down writes what the caller says
    field_order = (
        "contract", "party", "name", "email", "reported", "subject", "text", "conditions", "effect", "workaround",
        "help_consulted", "file",
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


class SpeakerForm(forms.Form):
    """Who speaks for the company towards support, of those who work there."""

    under = forms.ChoiceField(label=_("Contract"))
    who = forms.ChoiceField(label=_("Who speaks for you?"))

    def __init__(self, *args: Any, contracts: Iterable[Served], people: Iterable[Colleague], **given: Any) -> None:
        super().__init__(*args, **given)
        self.people = {str(each.id): each for each in people}
        self.fields["under"].choices = [(str(each.id), each.number) for each in contracts]  # type: ignore[attr-defined]
        self.fields["who"].choices = [(key, each.name) for key, each in self.people.items()]  # type: ignore[attr-defined]

    def person(self) -> Colleague:
        """Return who was chosen."""
        return self.people[self.cleaned_data["who"]]

    def contract(self) -> UUID:
        """Return the contract under which they speak."""
        return UUID(self.cleaned_data["under"])
