"""Releases, functions beyond the order, and limits for requests, as staff enter them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField, MomentField
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.extra_functions import NewFunction
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.actions.releases import NewRelease
from kontor.office.contracts.models import ExtraFunction, Release, ReleaseFile
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.units import Item

_LONG = forms.Textarea(attrs={"rows": 3})


class ReleaseForm(forms.Form):
    """A release to be prepared."""

    product = forms.ChoiceField(label=_("Product"))
    version = forms.CharField(label=_("Version"), max_length=30)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Release.Kind.UPDATE, _("Update: corrects what there is")),
            (Release.Kind.VERSION, _("Version: changes functions substantially")),
        ],
    )
    notes_de = forms.CharField(label=_("What is new, in German"), widget=_LONG)
    notes_en = forms.CharField(label=_("What is new, in English"), widget=_LONG)
    supported_until = DayField(label=_("Supported until"), required=False)

    def __init__(self, *args: Any, products: Sequence[tuple[str, Any]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["product"].choices = [(key, spoken(title)) for key, title in products]  # type: ignore[attr-defined]

    def told(self) -> NewRelease:
        """Return what was filled in."""
        return NewRelease(**self.cleaned_data)


class FileForm(forms.Form):
    """A file of a release."""

    role = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (ReleaseFile.Role.SOFTWARE, _("Software")),
            (ReleaseFile.Role.DOCUMENTATION, _("Documentation of this version")),
            (ReleaseFile.Role.REPORT, _("Test report, for the house alone")),
        ],
    )
    file = forms.FileField(label=_("File"))

    def sent(self) -> Upload:
        """Return the file that was sent."""
        file = self.cleaned_data["file"]
        media_type = file.content_type or "application/octet-stream"
        return Upload(name=file.name, media_type=media_type, content=file.read())


class CheckForm(forms.Form):
    """An acceptance test of the specification and its result."""

    key = forms.SlugField(label=_("Key of the test"), max_length=50)
    title = forms.CharField(label=_("Acceptance test"), max_length=200)
    passed = forms.BooleanField(label=_("It passed"), required=False)


class RemovedForm(forms.Form):
    """A function that the release has no more."""

    name_de = forms.CharField(label=_("Function, in German"), max_length=200)
    name_en = forms.CharField(label=_("Function, in English"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    replacement = forms.CharField(label=_("What does its work instead"), max_length=300, required=False)


class FunctionForm(forms.Form):
    """A function beyond the order."""

    product = forms.ChoiceField(label=_("Product"))
    key = forms.SlugField(label=_("Key"), max_length=50)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (ExtraFunction.Kind.VOLUNTARY, _("Voluntary: on, and not owed")),
            (ExtraFunction.Kind.PAID, _("For a fee: off until it is ordered")),
        ],
    )
    item = forms.CharField(
        label=_("Item of the price list"), max_length=50, required=False, help_text=_("Only where it costs a fee")
    )
    name_de = forms.CharField(label=_("Function, in German"), max_length=200)
    name_en = forms.CharField(label=_("Function, in English"), max_length=200)
    about_de = forms.CharField(label=_("What it does, in German"), widget=_LONG)
    about_en = forms.CharField(label=_("What it does, in English"), widget=_LONG)
    offered_from = DayField(label=_("Offered from"))

    def __init__(self, *args: Any, products: Sequence[tuple[str, Any]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["product"].choices = [(key, spoken(title)) for key, title in products]  # type: ignore[attr-defined]

    def told(self) -> NewFunction:
        """Return what was filled in."""
        given = self.cleaned_data
        return NewFunction(
            product=given["product"], key=given["key"], kind=given["kind"], item=given["item"],
            name=Text(given["name_de"], given["name_en"]), about=Text(given["about_de"], given["about_en"]),
            offered_from=given["offered_from"],
        )  # fmt: skip


class WithdrawForm(forms.Form):
    """From when on a voluntary function is no longer there, and why."""

    ends_on = DayField(label=_("First day without it"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class InstallationForm(forms.Form):
    """How, and from when on, a release is installed at a customer."""

    way = forms.ChoiceField(label=_("How it is installed"))
    planned_at = MomentField(
        label=_("From when on"), required=False, help_text=_("Left empty, it is installed at the next connection")
    )

    def __init__(self, *args: Any, ways: Sequence[Item], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["way"].choices = [(item.key, spoken(item.label)) for item in ways]  # type: ignore[attr-defined]


class PostponeForm(forms.Form):
    """The first day on which a release may be installed."""

    until = DayField()
