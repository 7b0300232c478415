"""What people type when they invite, move, refuse and call off."""

import uuid
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.kernel.models import Site
from kontor.kernel.wording import spoken
from kontor.office.identity.public import Colleague
from kontor.products.visitors.actions.inviting import Guest, Host
from kontor.products.visitors.models import VisitType
from kontor.rulebook.ruling import Text

LANGUAGES: Final = (("de", "Deutsch"), ("en", "English"))
_DETAILS: Final = {
    VisitType.Asked.PLATE: _("Number plate"),
    VisitType.Asked.DOCK: _("Dock or gate"),
    VisitType.Asked.REASON: _("What is to be done"),
}


def title_of(kind: VisitType) -> str:
    """Return what a kind of visit is called in the language of the page."""
    return spoken(Text(kind.title_de, kind.title_en))


class AppointmentForm(forms.Form):
    """Where, when, with whom and for what."""

    type = forms.ModelChoiceField(label=_("Kind of visit"), queryset=VisitType.objects.none())
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    begins_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    host = forms.ChoiceField(label=_("Host"), required=False)
    title = forms.CharField(
        label=_("Occasion"),
        max_length=200,
        required=False,
        help_text=_("It stands in the invitation and in calendars."),
    )

    def __init__(
        self, *given: Any, sites: Iterable[uuid.UUID] | None, people: Sequence[Colleague], **named: Any
    ) -> None:
        """Offer the sites of whoever invites, and everybody who works here as host."""
        super().__init__(*given, **named)
        self.people = {str(each.user): each for each in people}
        places = Site.objects.order_by("name")
        kinds = VisitType.objects.filter(archived_at=None).order_by("place", "title_de")
        self.fields["site"].queryset = places if sites is None else places.filter(pk__in=sites)  # type: ignore[attr-defined]
        self.fields["type"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["type"].label_from_instance = title_of  # type: ignore[attr-defined]
        self.fields["host"].choices = [("", "–"), *((key, each.name) for key, each in self.people.items())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the times as the site's, wherever whoever types them sits."""
        told: dict[str, Any] = super().clean() or {}
        _as_of_site(self, told)
        begins, ends = told.get("begins_at"), told.get("ends_at")
        if isinstance(begins, datetime) and isinstance(ends, datetime) and ends <= begins:
            self.add_error("ends_at", _("The visit ends before it begins."))
        return told

    def host_chosen(self) -> Host:
        """Return who receives the visit."""
        each = self.people.get(self.cleaned_data["host"])
        return Host(user=each.user, name=each.name, email=each.email) if each else Host()


class GuestForm(forms.Form):
    """Somebody who is invited."""

    name = forms.CharField(label=_("Name"), max_length=200)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=320, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="de")

    def guest(self) -> Guest:
        """Return who was named."""
        return Guest(**self.cleaned_data_named)

    @property
    def cleaned_data_named(self) -> dict[str, Any]:
        """What was typed, without the formset's own fields."""
        return {key: self.cleaned_data[key] for key in ("name", "company", "email", "language")}


GuestFormSet = forms.formset_factory(GuestForm, extra=1, max_num=500, absolute_max=500, can_delete=True)


class DetailsForm(forms.Form):
    """What a kind of visit asks of its visitor: at the registration, at a terminal or at the desk."""

    def __init__(self, kind: VisitType, *given: Any, hosts: Sequence[tuple[str, str]] = (), **named: Any) -> None:
        """Ask for the name and for what the kind asks, demanding what it demands."""
        super().__init__(*given, **named)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=200)
        for key in kind.asks:
            field = _field(key, hosts)
            field.required = key in kind.demands
            self.fields[key] = field

    def guest(self, *, language: str, **known: Any) -> Guest:
        """Return who stands there."""
        told = self.cleaned_data
        details = {key: told[key] for key in ("plate", "dock", "reason") if told.get(key)}
        return Guest(
            name=told["name"], company=told.get("company", ""), email=told.get("email", ""),
            phone=told.get("phone", ""), language=language, details=details, **known,
        )  # fmt: skip


class BecauseForm(forms.Form):
    """Why."""

    because = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea({"rows": 2}))


class MoveForm(forms.Form):
    """When and where a visit takes place instead."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    begins_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))

    def __init__(self, *given: Any, sites: Iterable[uuid.UUID] | None, **named: Any) -> None:
        """Offer the sites of whoever moves it."""
        super().__init__(*given, **named)
        places = Site.objects.order_by("name")
        self.fields["site"].queryset = places if sites is None else places.filter(pk__in=sites)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the times as the site's."""
        told: dict[str, Any] = super().clean() or {}
        _as_of_site(self, told)
        return told


def _as_of_site(form: forms.Form, told: dict[str, Any]) -> None:
    """Read what was typed as times of day at the site; one that clocks leave out there is refused."""
    site = told.get("site")
    for key in ("begins_at", "ends_at"):
        typed = told.get(key)
        if site is None or typed is None:
            continue
        zone = zoneinfo.ZoneInfo(site.zone)
        meant = timezone.localtime(typed).replace(tzinfo=zone)
        if meant.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != meant.replace(tzinfo=None):
            form.add_error(key, _("At this site there is no such time: clocks are put forward then."))
        told[key] = meant


def _field(key: str, hosts: Sequence[tuple[str, str]]) -> forms.Field:
    if key == VisitType.Asked.EMAIL:
        return forms.EmailField(label=_("E-mail"), max_length=320)
    if key == VisitType.Asked.PHONE:
        return forms.CharField(label=_("Telephone"), max_length=50, widget=forms.TextInput({"type": "tel"}))
    if key == VisitType.Asked.COMPANY:
        return forms.CharField(label=_("Company"), max_length=200)
    if key == VisitType.Asked.HOST:
        return forms.ChoiceField(label=_("Whom do you visit?"), choices=[("", "–"), *hosts])
    return forms.CharField(label=_DETAILS[VisitType.Asked(key)], max_length=200)
