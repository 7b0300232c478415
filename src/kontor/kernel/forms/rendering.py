"""What the form templates are given: which control, which ids, which sentences."""

from typing import Any, Final

from django import forms
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise
from django.utils.translation import gettext

from kontor.kernel.explanation import clause_words
from kontor.kernel.wording import spoken

_LONG_SELECT: Final = 12


class Renderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ field.as_field_group }}` with our templates."""

    form_template_name = "kernel/forms/form.html"
    field_template_name = "kernel/forms/group.html"


def kind_of(bound: BoundField) -> str:
    """Return which control a field is drawn as."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.Select):
        return "select"
    return "input"


def field_context(
    bound: BoundField,
    *,
    hint: Any = "",
    unit: Any = "",
    clause: Any = None,
    short: bool = False,
    label: Any = "",
    bare: bool = False,
) -> dict[str, Any]:
    """Return what kernel/forms/field.html shows; `bare` leaves out the form's own help text and placeholder."""
    if bare:
        bound.field.widget.attrs.pop("placeholder", None)
        bound.help_text = ""
    kind = kind_of(bound)
    mark = bound.id_for_label or bound.auto_id or bound.html_name
    errors = [spoken(error) for error in bound.errors]
    below = spoken(hint) or spoken(bound.help_text)
    described = " ".join([f"{mark}-hint"] * bool(below) + [f"{mark}-error"] * bool(errors))
    return {
        "bound": bound,
        "kind": kind,
        "mark": mark,
        "label": spoken(label) or bound.label,
        "hint": below,
        "errors": errors,
        "unit": spoken(unit) or getattr(bound.field, "unit", ""),
        "clause": clause_words(clause) if clause else None,
        "short": short,
        "optional": _is_optional(bound, kind),
        "control": _control(bound, kind, described, invalid=bool(errors)),
        "options": _options(bound) if kind == "choices" else (),
        "described": described,
    }


def _is_optional(bound: BoundField, kind: str) -> bool:
    """Tell whether it may stay empty; `needed_where_shown`: the form demands it wherever another answer shows it."""
    needed = bound.field.required or getattr(bound.field, "needed_where_shown", False)
    return not needed and kind not in {"checkbox", "hidden"}


def _control(bound: BoundField, kind: str, described: str, *, invalid: bool) -> str:
    if kind == "choices":
        return ""
    _speak_iso(bound.field.widget)
    return bound.as_widget(attrs=_attributes(bound, kind, described, invalid=invalid))


def _attributes(bound: BoundField, kind: str, described: str, *, invalid: bool) -> dict[str, Any]:
    classes = {"checkbox": "form-check-input", "select": "form-select", "file": "k-drop__input"}.get(
        kind, "form-control"
    )
    given = bound.field.widget.attrs.get("class", "")
    attributes: dict[str, Any] = {"class": " ".join(filter(None, (classes, given, "is-invalid" * invalid)))}
    if described:
        attributes["aria-describedby"] = described
    if invalid:
        attributes["aria-invalid"] = "true"
    choices = getattr(bound.field, "choices", None)
    if kind == "select" and choices is not None and len(list(choices)) > _LONG_SELECT:
        attributes |= {"data-k-find": "", "data-k-none": gettext("Nothing of that name")}
    return attributes


def _speak_iso(widget: forms.Widget) -> None:
    """A browser's date field wants ISO dates, whatever the page's language writes; it shows them in its own way."""
    if isinstance(widget, forms.DateTimeInput):
        widget.format, widget.input_type = "%Y-%m-%dT%H:%M", "datetime-local"
    elif isinstance(widget, forms.DateInput):
        widget.format, widget.input_type = "%Y-%m-%d", "date"
    elif isinstance(widget, forms.TimeInput):
        widget.format, widget.input_type = "%H:%M", "time"


def _options(bound: BoundField) -> list[dict[str, Any]]:
    hints = getattr(bound.field, "hints", {})
    return [
        {
            "tag": option.data["attrs"].get("id") and option,
            "id": option.id_for_label,
            "label": option.choice_label,
            "hint": spoken(hints.get(str(option.data["value"]), "")),
            "name": option.data["name"],
            "value": option.data["value"],
            "checked": option.data["selected"],
            "type": option.data["type"],
            "disabled": bool(option.data["attrs"].get("disabled")),
        }
        for option in bound.subwidgets
    ]


def summary_context(form: BaseForm, formset: "BaseFormSet[Any] | None" = None) -> dict[str, Any]:
    """Return every complaint with the field it belongs to: {"rows": [(id, label, sentence)]}."""
    rows: list[tuple[str, str, str]] = _complaints(form)
    if formset is not None:
        rows += [("", "", spoken(error)) for error in formset.non_form_errors()]
        for one in formset.forms:
            rows += _complaints(one)
    return {"rows": rows, "count": len(rows)}


def _complaints(form: BaseForm) -> list[tuple[str, str, str]]:
    rows = [("", "", spoken(error)) for error in form.non_field_errors()]
    for bound in form:
        target = f"{bound.auto_id}_0" if kind_of(bound) == "choices" else bound.id_for_label
        rows += [(target, _text(bound.label), spoken(error)) for error in bound.errors]
    return rows


def _text(label: str | Promise) -> str:
    return str(label)
