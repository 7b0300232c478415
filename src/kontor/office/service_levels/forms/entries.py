"""What people enter about components, outages, maintenance and claims."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import AmountField, MomentField
from kontor.kernel.registry import modules
from kontor.kernel.wording import spoken
from kontor.office.service_levels.actions.components import NewComponent, NewProbe
from kontor.office.service_levels.actions.maintenance import NewWork
from kontor.office.service_levels.actions.outages import NewExcuse, NewOutage
from kontor.office.service_levels.models import Outage, OutageNote, Probe
from kontor.rulebook.moment import Span
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.units import Item

_LONG = forms.Textarea(attrs={"rows": 3})
Choices = Sequence[tuple[str, str]]
PROBE_KINDS: Final = {
    Probe.Kind.HTTP: _("HTTP with content"),
    Probe.Kind.READ: _("Read through the application"),
    Probe.Kind.WRITE: _("Write through the application"),
    Probe.Kind.TCP: "TCP",
    Probe.Kind.SMTP: "SMTP",
    Probe.Kind.IMAP: "IMAP",
    Probe.Kind.TLS: _("Certificate's days"),
    Probe.Kind.HEARTBEAT: _("Heartbeat"),
}


class ComponentForm(forms.Form):
    """A part of the service."""

    key = forms.SlugField(label=_("Key"), max_length=50)
    name_de = forms.CharField(label=_("Name, in German"), max_length=100)
    name_en = forms.CharField(label=_("Name, in English"), max_length=100)
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999, initial=10)
    module = forms.ChoiceField(
        label=_("Part of"), required=False, help_text=_("Who has not ordered it does not see it.")
    )
    public = forms.BooleanField(label=_("On the public status page"), required=False, initial=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        sold = [(each.key, spoken(each.title)) for each in modules() if each.entitled]
        self.fields["module"].choices = [("", _("every order")), *sold]  # type: ignore[attr-defined]

    def told(self) -> NewComponent:
        """Return what was filled in."""
        return NewComponent(**self.cleaned_data)


class ProbeForm(forms.Form):
    """How a component is watched."""

    kind = forms.ChoiceField(
        label=_("Kind of probe"),
        choices=list(PROBE_KINDS.items()),
    )
    purpose = forms.ChoiceField(
        label=_("What it proves"),
        choices=[
            (Probe.Purpose.REACH, _("The service can be used")),
            (Probe.Purpose.READ, _("Reading works")),
            (Probe.Purpose.WRITE, _("Writing works")),
        ],
    )
    target = forms.CharField(
        label=_("Address, or host:port"),
        max_length=500,
        required=False,
        help_text=_("Read, write and heartbeat have an address of their own where this is left empty."),
    )
    expects = forms.CharField(label=_("Expected content"), max_length=200, required=False)
    minutes = forms.IntegerField(label=_("Every how many minutes"), min_value=1, max_value=1440, initial=1)
    silence_minutes = forms.IntegerField(
        label=_("Unknown after minutes without a result"), min_value=1, max_value=1440, initial=5
    )
    confirm = forms.IntegerField(label=_("Failures in a row that are an outage"), min_value=1, max_value=20, initial=2)
    places = forms.CharField(
        label=_("Places"), initial="here", help_text=_("Names with commas; “here” is this installation.")
    )
    all_fail = forms.BooleanField(label=_("Every place must fail"), required=False, initial=True)

    def told(self) -> NewProbe:
        """Return what was filled in."""
        given = dict(self.cleaned_data)
        places = tuple(dict.fromkeys(each.strip() for each in given.pop("places").split(",") if each.strip()))
        return NewProbe(**given, places=places)


class OutageForm(forms.Form):
    """An outage that a person enters."""

    title = forms.CharField(label=_("What happened"), max_length=200)
    components = forms.MultipleChoiceField(label=_("Components hit"), widget=forms.CheckboxSelectMultiple)
    hits = forms.ChoiceField(
        label=_("What could not be done"),
        choices=[
            (Outage.Hits.ALL, _("Anything")),
            (Outage.Hits.READ, _("Reading")),
            (Outage.Hits.WRITE, _("Writing")),
        ],
    )
    found_by = forms.ChoiceField(
        label=_("Found by"),
        choices=[
            (Outage.FoundBy.REPORT, _("A customer's report")),
            (Outage.FoundBy.PERSON, _("A person of the house")),
        ],
    )
    started_at = MomentField(label=_("Began"))
    noticed_at = MomentField(label=_("Reported or noticed"))
    ended_at = MomentField(label=_("Ended"), required=False)
    contracts = forms.MultipleChoiceField(
        label=_("Contracts hit"), required=False, help_text=_("None chosen: all of them.")
    )
    cause = forms.CharField(label=_("Cause"), required=False, widget=_LONG)

    def __init__(self, *args: Any, components: Choices, contracts: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["components"].choices = components  # type: ignore[attr-defined]
        self.fields["contracts"].choices = contracts  # type: ignore[attr-defined]

    def told(self) -> NewOutage:
        """Return what was filled in; the provider knows from the notice on."""
        given = dict(self.cleaned_data)
        for name in ("components", "contracts"):
            given[name] = tuple(uuid.UUID(each) for each in given[name])
        return NewOutage(**given, known_at=given["noticed_at"])


class EndForm(forms.Form):
    """When an outage ended, and why it was."""

    ended_at = MomentField(label=_("Ended"))
    cause = forms.CharField(label=_("Cause"), widget=_LONG)


class ReportForm(forms.Form):
    """When a customer reported an outage."""

    reported_at = MomentField(label=_("Reported"))


class ExcuseForm(forms.Form):
    """Why part of an outage does not count under one pack."""

    cause = forms.ChoiceField(label=_("Cause by the contract"))
    start = MomentField(label=_("From"))
    end = MomentField(label=_("To"))
    evidence = forms.CharField(label=_("Evidence"), widget=_LONG)

    def __init__(self, *args: Any, causes: Choices, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["cause"].choices = causes  # type: ignore[attr-defined]

    def told(self) -> NewExcuse:
        """Return what was filled in; the choice names pack and cause."""
        given = dict(self.cleaned_data)
        pack, _slash, cause = given.pop("cause").partition("/")
        return NewExcuse(pack=pack, cause=cause, **given)


class NoteForm(forms.Form):
    """What people are told of an outage."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            (OutageNote.State.INVESTIGATING, _("being looked into")),
            (OutageNote.State.IDENTIFIED, _("cause found")),
            (OutageNote.State.WATCHING, _("being watched")),
            (OutageNote.State.SOLVED, _("solved")),
        ],
    )
    text_de = forms.CharField(label=_("In German"), widget=_LONG)
    text_en = forms.CharField(label=_("In English"), widget=_LONG)


class WorkForm(forms.Form):
    """Work to be planned; each pack that wants a reason has its own field."""

    title_de = forms.CharField(label=_("Title, in German"), max_length=200)
    title_en = forms.CharField(label=_("Title, in English"), max_length=200)
    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    components = forms.MultipleChoiceField(label=_("Components"), widget=forms.CheckboxSelectMultiple, required=False)
    stops = forms.BooleanField(label=_("The service cannot be used meanwhile"), required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    announce = forms.BooleanField(label=_("Tell the customers now"), required=False, initial=True)

    def __init__(
        self, *args: Any, components: Choices, reasons: Sequence[tuple[str, Text, Sequence[Item]]], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.fields["components"].choices = components  # type: ignore[attr-defined]
        self.packs = [pack for pack, _title, _items in reasons]
        for pack, title, items in reasons:
            choices = [("", "–"), *((item.key, spoken(item.label)) for item in items)]
            label = _("Reason under “%(pack)s”") % {"pack": spoken(title)}
            self.fields[f"reason_{pack}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse work that ends before it begins."""
        given = self.cleaned_data
        if given.get("starts_at") and given.get("ends_at") and given["ends_at"] <= given["starts_at"]:
            self.add_error("ends_at", str(_("It ends before it begins.")))
        return given

    def told(self) -> NewWork:
        """Return what was filled in."""
        given = self.cleaned_data
        reasons = {pack: given[f"reason_{pack}"] for pack in self.packs if given[f"reason_{pack}"]}
        return NewWork(
            title=Text(given["title_de"], given["title_en"]), span=Span(given["starts_at"], given["ends_at"]),
            stops=given["stops"], urgent=given["urgent"], announce=given["announce"], reasons=reasons,
            components=tuple(uuid.UUID(each) for each in given["components"]),
        )  # fmt: skip


class DoneForm(forms.Form):
    """When work was really done."""

    done_from = MomentField(label=_("Began"))
    done_until = MomentField(label=_("Ended"))

    def clean(self) -> dict[str, Any]:
        """Refuse work that ended before it began."""
        given = self.cleaned_data
        if given.get("done_from") and given.get("done_until") and given["done_until"] < given["done_from"]:
            self.add_error("done_until", str(_("It ends before it begins.")))
        return given


class CorrectForm(forms.Form):
    """Why a settled month is counted anew."""

    reason = forms.CharField(label=_("Why is it corrected?"), max_length=300)


class DecideForm(forms.Form):
    """How a claim is decided."""

    granted = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Grant it")), ("no", _("Refuse it"))], widget=forms.RadioSelect
    )
    reasons = forms.CharField(label=_("Reasons"), widget=_LONG)


class GoodwillForm(forms.Form):
    """What is given although the rules refuse it."""

    amount = AmountField(label=_("Amount"))
    reasons = forms.CharField(label=_("Reasons"), widget=_LONG)


class ClaimForm(forms.Form):
    """A credit that a customer claims; the fields are what the contract wants told."""

    incident_at = MomentField(label=_("End of the outage"))

    def __init__(self, *args: Any, contains: Sequence[Item], **given: Any) -> None:
        super().__init__(*args, **given)
        self.keys = [item.key for item in contains]
        for item in contains:
            self.fields[item.key] = forms.CharField(
                label=spoken(item.label), widget=_LONG, error_messages={"required": _("The contract asks for this.")}
            )

    def told(self) -> dict[str, str]:
        """Return what was filled in, by the contract's keys."""
        return {key: self.cleaned_data[key] for key in self.keys}
