"""Working on cases: beginning one, telling it what is known, stopping it."""

import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.models import Site
from kontor.kernel.wording import spoken
from kontor.office.flows.formats.definition import Flow
from kontor.office.flows.models import Case
from kontor.office.questionnaires import public as questionnaires
from kontor.office.questionnaires.public import Asked

_NUMBERS: Final = 999_999_999


class ValuesForm(forms.Form):
    """What a case knows, a field for each of the flow's values; what is left empty stays unknown."""

    def __init__(self, flow: Flow, given: Any = None, *, values: dict[str, Any] | None = None) -> None:
        self.flow = flow
        begun = {key: _YES_NO[value] if isinstance(value, bool) else value for key, value in (values or {}).items()}
        super().__init__(given, initial=begun, auto_id="known_%s")  # the task's own questions stand on the same page
        for each in flow.values:
            self.fields[each.key] = _FIELDS[each.kind](spoken(each.label))

    def told(self) -> dict[str, Any]:
        """Return what was typed, as the values' kinds."""
        told = {}
        for each in self.flow.values:
            typed = self.cleaned_data[each.key]
            if typed not in {None, ""}:
                told[each.key] = typed == "yes" if each.kind == "yes_no" else typed
        return told


def questions_of(row: Case, flow: Flow, data: Any = None, files: Any = None) -> tuple[Asked, Any] | None:
    """Return what the task asks that a case waits in, with its form; None where it asks nothing or nobody may."""
    here = flow.state(row.state)
    if row.over_at is not None or here is None or not here.questionnaire:
        return None
    asked = questionnaires.newest(uuid.UUID(here.questionnaire))
    return (asked, questionnaires.answer_form(asked, data, files)) if asked else None


class BeginForm(ValuesForm):
    """How a case is called, where it runs, and what is known of it."""

    case_title = forms.CharField(label=_("Name of the case"), max_length=200)
    case_email = forms.EmailField(
        label=_("E-mail address of the person it is about"), required=False, max_length=254,
        help_text=_("So that it is found when this person asks what is kept about them."),
    )  # fmt: skip
    case_site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), required=False)

    def __init__(self, flow: Flow, given: Any = None) -> None:
        super().__init__(flow, given)
        self.fields["case_site"].queryset = Site.objects.order_by("name")  # type: ignore[attr-defined]


class StopForm(forms.Form):
    """Why a case is stopped."""

    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 2}))


def _yes_no(label: str) -> forms.Field:
    ways = [("", gettext("not known")), ("yes", gettext("Yes")), ("no", gettext("No"))]
    return forms.ChoiceField(label=label, choices=ways, required=False)


_YES_NO: Final = {True: "yes", False: "no"}
_FIELDS: Final = {
    "text": lambda label: forms.CharField(label=label, max_length=500, required=False),
    "number": lambda label: forms.IntegerField(label=label, min_value=-_NUMBERS, max_value=_NUMBERS, required=False),
    "yes_no": _yes_no,
}
