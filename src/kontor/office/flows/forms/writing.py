"""Writing a flow part by part: its title, values, states, ways, and what hangs on those."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import count
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel import registry
from kontor.kernel.flow_parts import FlowEffect, FlowField, FlowGuard
from kontor.kernel.models import Role
from kontor.kernel.wording import language, spoken
from kontor.office.flows.formats.checking import LONGEST
from kontor.office.flows.formats.definition import (
    RELATIONS,
    TRIGGERS,
    TRIGGERS_OF,
    VALUE_KINDS,
    Condition,
    Effect,
    Flow,
    State,
    Value,
    Way,
)
from kontor.office.questionnaires import public as questionnaires
from kontor.office.questionnaires.public import Asked
from kontor.rulebook.ruling import Text

_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
NEW, NOT = "+", "-"
KNOWN_AS: Final = {  # as which kind of value an answer is known to a case
    "text": "text", "email": "text", "phone": "text", "day": "text", "one_of": "text",
    "whole": "number", "yes_no": "yes_no", "agree": "yes_no",
}  # fmt: skip
_UNITS: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
_NUMERIC: Final = frozenset({"at_least", "less"})


class TitleForm(forms.Form):
    """How something is called in both languages; the first of every form here."""

    label_de = forms.CharField(label=_("Name in German"), max_length=120)
    label_en = forms.CharField(label=_("Name in English"), max_length=120)

    def title(self) -> Text:
        """Return what was typed."""
        return Text(self.cleaned_data["label_de"], self.cleaned_data["label_en"])


class ValueForm(TitleForm):
    """Something that cases know."""

    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: _spoken(VALUE_KINDS.items()))

    def __init__(self, flow: Flow, given: Any = None, *, value: Value | None = None) -> None:
        self.flow, self.value = flow, value
        super().__init__(given, initial=_named(value) | {"kind": value.kind} if value else None)

    def part(self) -> Value:
        """Return the value as it was typed."""
        key = self.value.key if self.value else _key(self.title(), {each.key for each in self.flow.values})
        return Value(key=key, kind=self.cleaned_data["kind"], label=self.title())


class StateForm(TitleForm):
    """A state; a hint and a role only where somebody has something to do."""

    hint_de = forms.CharField(
        label=_("What is to be done, in German"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    hint_en = forms.CharField(
        label=_("What is to be done, in English"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    role = forms.ChoiceField(label=_("Whose task it is"), required=False)
    questionnaire = forms.ChoiceField(label=_("Questionnaire answered here"), required=False)

    def __init__(self, flow: Flow, kind: str, given: Any = None, *, state: State | None = None) -> None:
        self.flow, self.kind, self.state = flow, kind, state
        begun = None
        if state is not None:
            begun = _named(state) | {"hint_de": state.hint.de, "hint_en": state.hint.en, "role": state.role,
                                     "questionnaire": state.questionnaire}  # fmt: skip
        super().__init__(given, initial=begun)
        if kind != "task":
            for name in ("hint_de", "hint_en", "role", "questionnaire"):
                del self.fields[name]
        else:
            roles = [(str(role.pk), role.name) for role in Role.objects.order_by("name")]
            self.fields["role"].choices = [("", gettext("Everybody who may work on cases")), *roles]  # type: ignore[attr-defined]
            asked = [(str(key), spoken(title)) for key, title in questionnaires.asked()]
            self.fields["questionnaire"].choices = [("", "–"), *asked]  # type: ignore[attr-defined]

    def part(self) -> State:
        """Return the state as it was typed."""
        told = self.cleaned_data
        return State(
            key=self.state.key if self.state else _key(self.title(), {each.key for each in self.flow.states}),
            kind=self.kind, label=self.title(), hint=Text(told.get("hint_de", ""), told.get("hint_en", "")),
            role=told.get("role", ""), effects=self.state.effects if self.state else (),
            questionnaire=told.get("questionnaire", ""), answers=self._kept(told.get("questionnaire", "")),
        )  # fmt: skip

    def _kept(self, questionnaire: str) -> tuple[tuple[str, str], ...]:
        """Return which answers were kept already, where it is still the same questionnaire."""
        same = self.state is not None and self.state.questionnaire == questionnaire
        return self.state.answers if self.state is not None and same else ()


class AnswersForm(forms.Form):
    """Which answers of a task's questionnaire its cases know: in a value there is, or in a new one."""

    def __init__(self, flow: Flow, state: State, asked: Asked, given: Any = None) -> None:
        self.flow = flow
        self.questions = {each.key: each for each in asked.definition.questions if each.kind in KNOWN_AS}
        super().__init__(given, initial=dict.fromkeys(self.questions, NOT) | dict(state.answers))
        for key, question in self.questions.items():
            fitting = [each for each in flow.values if each.kind == KNOWN_AS[question.kind]]
            known = [(each.key, spoken(each.label)) for each in fitting]
            self.fields[key] = forms.ChoiceField(
                label=question.label.spoken(language()),
                choices=[(NOT, gettext("is not known to the case")), *known, (NEW, gettext("as a new value"))],
            )  # fmt: skip

    def told(self) -> tuple[dict[str, str], list[Value]]:
        """Return value by question, and the values that are new."""
        taken, fresh, answers = {each.key for each in self.flow.values}, [], {}
        for key, question in self.questions.items():
            chosen = self.cleaned_data[key]
            if chosen == NEW:
                chosen = _key(question.label, taken)
                taken.add(chosen)
                label = Text(question.label.de[:120], question.label.en[:120])
                fresh.append(Value(key=chosen, kind=KNOWN_AS[question.kind], label=label))
            if chosen != NOT:
                answers[key] = chosen
        return answers, fresh


class WayForm(TitleForm):
    """A way out of a state."""

    target = forms.ChoiceField(label=_("Leads to"))
    trigger = forms.ChoiceField(label=_("Taken when"))
    event = forms.ChoiceField(label=_("Event"), required=False)
    amount = forms.IntegerField(label=_("After"), required=False, min_value=1)
    unit = forms.ChoiceField(
        label=_("Unit"), required=False,
        choices=[("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
    )  # fmt: skip

    def __init__(self, flow: Flow, source: State, given: Any = None, *, way: Way | None = None) -> None:
        self.flow, self.source, self.way = flow, source, way
        super().__init__(given, initial=_way_begun(way) if way else {"unit": "hours"})
        self.fields["target"].choices = [  # type: ignore[attr-defined]
            (each.key, spoken(each.label)) for each in flow.states if each.key != source.key or source.kind != "choice"
        ]
        ways = TRIGGERS_OF[source.kind]
        self.fields["trigger"].choices = [(each, spoken(TRIGGERS[each])) for each in ways]  # type: ignore[attr-defined]
        events = [(each.key, spoken(each.meaning)) for each in registry.event_kinds()]
        self.fields["event"].choices = [("", "–"), *sorted(events, key=lambda one: one[1])]  # type: ignore[attr-defined]
        if ways == ("always",):
            for name in ("event", "amount", "unit"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for the event or the time that the trigger needs, and for no longer than a year."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("trigger") == "event" and not told.get("event"):
            self.add_error("event", gettext("Please say which event."))
        if told.get("trigger") == "time" and "amount" not in self.errors:
            if not told.get("amount"):
                self.add_error("amount", gettext("Please say how long."))
            elif self._minutes(told) > LONGEST:
                self.add_error("amount", gettext("A year is the longest."))
        return told

    def part(self) -> Way:
        """Return the way as it was typed; what hangs on it stays."""
        told = self.cleaned_data
        return Way(
            key=self.way.key if self.way else _key(self.title(), {each.key for each in self.flow.ways}),
            source=self.source.key, target=told["target"], trigger=told["trigger"], label=self.title(),
            event=told.get("event", "") if told["trigger"] == "event" else "",
            minutes=self._minutes(told) if told["trigger"] == "time" else None,
            conditions=self.way.conditions if self.way else (), effects=self.way.effects if self.way else (),
        )  # fmt: skip

    def _minutes(self, told: dict[str, Any]) -> int:
        return int(told["amount"]) * _UNITS[told.get("unit") or "minutes"]


class ConditionForm(forms.Form):
    """What must hold for a way to be taken: a comparison of one value, or what a module answers."""

    what = forms.ChoiceField(label=_("What"))
    relation = forms.ChoiceField(label=_("Comparison"), choices=lambda: _spoken(RELATIONS.items()))
    to = forms.CharField(
        label=_("Compared with"), required=False, max_length=200, help_text=_("For yes or no: yes, or no.")
    )

    def __init__(self, flow: Flow, given: Any = None) -> None:
        self.flow = flow
        super().__init__(given)
        values = [(f"value {each.key}", spoken(each.label)) for each in flow.values]
        guards = [
            (f"guard {each.key}", spoken(each.label)) for each in registry.flow_guards().values() if not each.fields
        ]
        self.fields["what"].choices = [*values, *guards]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read what the value is compared with as the value's kind."""
        told: dict[str, Any] = super().clean() or {}
        if self.errors:
            return told
        how, key = told["what"].split(" ", 1)
        if how == "guard":
            told["condition"] = Condition(guard=key, holds=told["relation"] not in {"is_not", "unknown"})
            return told
        value = self.flow.value(key)
        assert value is not None, "the choice offers the flow's own values"
        if told["relation"] in {"known", "unknown"}:
            told["condition"] = Condition(value=key, relation=told["relation"])
        elif (to := _read(value, told["to"])) is None or (told["relation"] in _NUMERIC and value.kind != "number"):
            self.add_error("to", gettext("This does not fit a value of this kind."))
        else:
            told["condition"] = Condition(value=key, relation=told["relation"], to=to)
        return told


class ToldForm(forms.Form):
    """What a module is told, field by field."""

    def __init__(self, known: FlowEffect | FlowGuard, given: Any = None) -> None:
        self.known = known
        super().__init__(given)
        for each in known.fields:
            self.fields[each.key] = _field(each)

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return what was typed, by the fields' keys."""
        typed = {each.key: self.cleaned_data[each.key] for each in self.known.fields}
        return tuple(sorted((key, "" if value is None else str(value)) for key, value in typed.items()))


class EffectForm(ToldForm):
    """An effect, and what it is told."""

    def part(self) -> Effect:
        """Return the effect as it was told."""
        return Effect(effect=self.known.key, told=self.told())


class GuardForm(ToldForm):
    """A question to a module, and whether its answer is to be yes or no."""

    guard_holds = forms.ChoiceField(label=_("The answer is to be"), choices=[("yes", _("Yes")), ("no", _("No"))])

    def part(self) -> Condition:
        """Return the condition as it was told."""
        return Condition(guard=self.known.key, holds=self.cleaned_data["guard_holds"] == "yes", told=self.told())


def _field(told: FlowField) -> forms.Field:
    label = spoken(told.label)
    if told.choices is not None:
        choices = list(_spoken(told.choices()))
        return forms.ChoiceField(
            label=label, required=told.required, choices=choices if told.required else [("", "–"), *choices]
        )
    if told.whole:
        return forms.IntegerField(label=label, required=told.required, min_value=1, max_value=36_500)
    widget = forms.Textarea({"rows": 4}) if told.long else None
    return forms.CharField(label=label, required=told.required, max_length=4000 if told.long else 200, widget=widget)


def _spoken(rows: Iterable[tuple[str, Text]]) -> list[tuple[str, str]]:
    return [(key, spoken(label)) for key, label in rows]


def _named(part: Any) -> dict[str, Any]:
    return {"label_de": part.label.de, "label_en": part.label.en}


def _way_begun(way: Way) -> dict[str, Any]:
    minutes = way.minutes or 0
    unit = next(name for name in ("days", "hours", "minutes") if minutes % _UNITS[name] == 0)
    return _named(way) | {
        "target": way.target, "trigger": way.trigger, "event": way.event,
        "amount": minutes // _UNITS[unit] or None, "unit": unit,
    }  # fmt: skip


def _read(value: Value, typed: str) -> str | int | bool | None:
    """Return what was typed as a value's kind, None for what is none."""
    if value.kind == "yes_no":
        return {"yes": True, "ja": True, "no": False, "nein": False}.get(typed.strip().lower())
    if value.kind == "number":
        return int(typed) if re.fullmatch(r"-?[0-9]{1,9}", typed.strip()) else None
    return typed or None


def _key(label: Text, taken: Collection[str]) -> str:
    bare = unicodedata.normalize("NFKD", label.en.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:30].strip("_") or "part"
    wanted = plain if plain[0].isalpha() else f"p_{plain}"
    return next(each for at in count(1) if (each := wanted if at == 1 else f"{wanted}_{at}") not in taken)
