"""How often rights are reviewed, what a review found, and roles at single sites."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.models import Membership, Role, Site


class IntervalForm(forms.Form):
    """How often rights are reviewed."""

    months = forms.IntegerField(
        label=_("Reviewed every"), help_text=_("Empty: every quarter."), min_value=1, max_value=24, required=False
    )


class ReviewForm(forms.Form):
    """What was looked through: the mark of the list, and a remark."""

    shown = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("What you found"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SiteForm(forms.Form):
    """A place of business."""

    name = forms.CharField(label=_("Name of the site"), max_length=200)


class SiteRoleForm(forms.Form):
    """A role at one site."""

    site = forms.ChoiceField(label=_("Site"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *given: Any, roles: Collection[Role], sites: Collection[Site], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["site"].choices = [(str(site.pk), site.name) for site in sites]  # type: ignore[attr-defined]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (str(role.pk), role.name) for role in roles if not role.everything
        ]


class HandOverForm(forms.Form):
    """Who takes over."""

    to = forms.ChoiceField(label=_("Who takes over"))

    def __init__(self, *given: Any, members: Collection[Membership], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["to"].choices = [(str(member.pk), str(member.user)) for member in members]  # type: ignore[attr-defined]
