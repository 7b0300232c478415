"""Forms: one column, label above, hint below, error in place with the mend."""

from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.safestring import SafeString

from kontor.kernel.forms.rendering import field_context, summary_context
from kontor.kernel.templatetags.drawing import drawn

register = template.Library()


@register.inclusion_tag("kernel/forms/field.html")
def field(
    bound: BoundField,
    hint: Any = "",
    unit: Any = "",
    clause: Any = None,
    short: bool = False,
    label: Any = "",
    bare: bool = False,
) -> dict[str, Any]:
    """A field with all that belongs to it."""
    return field_context(bound, hint=hint, unit=unit, clause=clause, short=short, label=label, bare=bare)


@register.inclusion_tag("kernel/forms/summary.html")
def error_summary(form: BaseForm, formset: "BaseFormSet[Any] | None" = None) -> dict[str, Any]:
    """What is wrong, at the top, with links to the fields; nothing where nothing is wrong."""
    return summary_context(form, formset)


@register.simple_tag(takes_context=True)
def form_fields(context: Context, form: BaseForm) -> SafeString:
    """The summary of errors and every field in order."""
    return drawn(context, "kernel/forms/form.html", {"form": form})
