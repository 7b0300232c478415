"""What people settle about visits: kinds, sites, mails."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.models import Site
from kontor.kernel.wording import spoken
from kontor.office.questionnaires import public as questionnaires
from kontor.products.visitors.actions.settling import Step
from kontor.products.visitors.formats.mail_words import PLACEHOLDERS, unknown_in
from kontor.products.visitors.forms.inviting import LANGUAGES, title_of
from kontor.products.visitors.models import BadgeTemplate, CardGroup, VisitType

ASKED: Final = (
    ("company", _("Company")), ("email", _("E-mail")), ("phone", _("Telephone")), ("host", _("Host")),
    ("plate", _("Number plate")), ("dock", _("Dock or gate")), ("reason", _("What is to be done")),
)  # fmt: skip
OCCASIONS: Final = (
    ("invited", _("Invitation")), ("changed", _("Moved")), ("cancelled", _("Called off")),
    ("arrived", _("To the host: arrived")),
)  # fmt: skip
STEPS: Final = 5


class TypeForm(forms.Form):
    """A kind of visit."""

    title_de = forms.CharField(label=_("German title"), max_length=100)
    title_en = forms.CharField(label=_("English title"), max_length=100)
    asks = forms.MultipleChoiceField(
        label=_("What visitors are asked"), choices=ASKED, required=False, widget=forms.CheckboxSelectMultiple
    )
    demands = forms.MultipleChoiceField(
        label=_("What they must answer"), choices=ASKED, required=False, widget=forms.CheckboxSelectMultiple
    )
    walk_in = forms.BooleanField(label=_("May come without an invitation"), required=False)
    approval = forms.BooleanField(label=_("Somebody must allow it first"), required=False)
    qualified = forms.BooleanField(label=_("Only for qualified service companies"), required=False)
    badge = forms.ModelChoiceField(
        label=_("Badge"), queryset=BadgeTemplate.objects.none(), required=False, empty_label=_("none")
    )
    cards = forms.ModelChoiceField(
        label=_("Group of cards"), queryset=CardGroup.objects.none(), required=False, empty_label=_("no card")
    )
    keep_days = forms.IntegerField(
        label=_("Stays for days"), min_value=0, max_value=3650, required=False,
        help_text=_(
            "Once the visit is over. Left empty, the site’s own rule holds. Answers and signatures go with it: a "
            "briefing that was to hold longer is asked again then."
        ),
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the badges and the groups of cards there are."""
        super().__init__(*given, **named)
        self.fields["badge"].queryset = BadgeTemplate.objects.filter(archived_at=None).order_by("name")  # type: ignore[attr-defined]
        self.fields["cards"].queryset = CardGroup.objects.filter(archived_at=None).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whatever must be answered is asked."""
        told: dict[str, Any] = super().clean() or {}
        if set(told.get("demands", ())) - set(told.get("asks", ())):
            self.add_error("demands", _("What must be answered must be asked, too."))
        return told


class StepForm(forms.Form):
    """A questionnaire that a kind of visit asks by."""

    questionnaire = forms.ChoiceField(label=_("Questionnaire"), required=False)
    valid_days = forms.IntegerField(
        label=_("Holds for days"), min_value=1, max_value=3650, required=False,
        help_text=_("Left empty, it is asked at each visit."),
    )  # fmt: skip
    early = forms.BooleanField(label=_("Can be answered beforehand"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the questionnaires that people can be asked by."""
        super().__init__(*given, **named)
        offered = [(str(key), spoken(title)) for key, title in questionnaires.asked()]
        self.fields["questionnaire"].choices = [("", "–"), *offered]  # type: ignore[attr-defined]

    def step(self) -> Step | None:
        """Return what was chosen, None for an empty row."""
        chosen = self.cleaned_data.get("questionnaire")
        if not chosen:
            return None
        return Step(
            questionnaire=uuid.UUID(chosen), valid_days=self.cleaned_data["valid_days"],
            early=self.cleaned_data["early"],
        )  # fmt: skip


StepFormSet = forms.formset_factory(StepForm, extra=1, max_num=STEPS, absolute_max=STEPS)


def steps_of(rows: Sequence[StepForm]) -> list[Step]:
    """Return the questionnaires that were chosen, each once, in their order."""
    chosen = [step for row in rows if (step := row.step()) is not None]
    return list({step.questionnaire: step for step in chosen}.values())


class SiteForm(forms.Form):
    """What holds at a site."""

    early_minutes = forms.IntegerField(label=_("Codes open before the visit"), min_value=0, max_value=1440)
    closes_at = forms.TimeField(
        label=_("The day is closed at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("Whoever is still inside then is assumed out."),
    )  # fmt: skip
    wrong_pins = forms.IntegerField(label=_("Wrong PINs until the keypad closes"), min_value=1, max_value=20)
    pause_minutes = forms.IntegerField(label=_("It stays closed for"), min_value=1, max_value=60)
    keep_days = forms.IntegerField(
        label=_("Visits stay for days"), min_value=0, max_value=3650, required=False,
        help_text=_("Once they are over. Left empty, none goes by itself."),
    )  # fmt: skip
    assembly_de = forms.CharField(label=_("Assembly point, in German"), max_length=200, required=False)
    assembly_en = forms.CharField(label=_("Assembly point, in English"), max_length=200, required=False)


class AccessForm(forms.Form):
    """Where a site's access-control system is told."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    address = forms.URLField(
        label=_("Its address"), max_length=500, assume_scheme="https", help_text=_("It begins with https://.")
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the sites there are."""
        super().__init__(*given, **named)
        self.fields["site"].queryset = Site.objects.order_by("name")  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """The words of a mail."""

    type = forms.ModelChoiceField(
        label=_("Kind of visit"), queryset=VisitType.objects.none(), required=False, empty_label=_("every kind")
    )
    occasion = forms.ChoiceField(label=_("What for"), choices=OCCASIONS)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=5000, widget=forms.Textarea({"rows": 12}))

    def __init__(self, *given: Any, **named: Any) -> None:
        """Offer the kinds of visits there are."""
        super().__init__(*given, **named)
        self.fields["type"].queryset = VisitType.objects.filter(archived_at=None).order_by("place", "title_de")  # type: ignore[attr-defined]
        self.fields["type"].label_from_instance = title_of  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Name what a text names and there is not."""
        told: dict[str, Any] = super().clean() or {}
        for key in ("subject", "text"):
            if wrong := unknown_in(told.get(key, "")):
                named = ", ".join(f"{{{each}}}" for each in wrong)
                self.add_error(key, _("There are no such placeholders: %(named)s.") % {"named": named})
        return told


def placeholders() -> str:
    """Return what texts may name, as it is written."""
    return ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
