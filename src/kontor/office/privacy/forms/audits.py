"""What people enter about audits and auditors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField

_LONG = forms.Textarea(attrs={"rows": 3})


class AuditForm(forms.Form):
    """What a controller wants to audit, and when."""

    agreement = forms.ChoiceField(label=_("Under which agreement"))
    scope = forms.CharField(label=_("What is audited"), widget=_LONG, max_length=2000)
    wished_on = DayField(label=_("When it suits you"))

    def __init__(self, *args: Any, agreements: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["agreement"].choices = list(agreements)  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """What came of an audit."""

    done_on = DayField(label=_("Done on"))
    result = forms.CharField(label=_("What came of it"), widget=_LONG, max_length=5000)


class VisitForm(forms.Form):
    """Who is let in to look, and to what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320)
    company = forms.CharField(label=_("For whom they audit"), max_length=200)
    purpose = forms.CharField(label=_("What is audited"), widget=_LONG, max_length=2000)
    language = forms.ChoiceField(label=_("Language"), choices=[("de", "Deutsch"), ("en", "English")])
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=30, initial=3)
    scope = forms.MultipleChoiceField(
        label=_("Pages to look at"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The evidence folder and the trail belong to it. Nothing can be changed there."),
    )  # fmt: skip

    def __init__(self, *args: Any, pages: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["scope"].choices = list(pages)  # type: ignore[attr-defined]
