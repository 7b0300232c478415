"""A field to sign in: drawn with finger, pen or mouse, or, where that is not possible, by typing one's name."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kontor.kernel.strokes import Strokes, strokes_of
from kontor.kernel.wording import spoken
from kontor.rulebook.refusal import RefusalError

_LONGEST: Final = 200_000  # characters


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    What somebody signed with.

    strokes  as drawn, [] where nothing was
    name     as typed instead, "" where it was drawn
    """

    strokes: Strokes
    name: str


class DrawingInput(forms.MultiWidget):
    """A sheet to draw on, and a line to type on."""

    template_name = "kernel/forms/drawing.html"

    def __init__(self, attrs: Any = None) -> None:
        typed = forms.TextInput(attrs={"autocomplete": "name", "maxlength": 100})
        super().__init__({"drawn": forms.HiddenInput(), "typed": typed}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Show nothing of an earlier signature: each is given anew."""
        return ["", value.name] if isinstance(value, Drawn) else ["", ""]

    def id_for_label(self, id_: str) -> str:
        """Lead the label to the line, which every keyboard reaches."""
        return f"{id_}_1" if id_ else id_


class DrawingField(forms.MultiValueField):
    """A signature: a `Drawn`, or None where nothing was given."""

    widget = DrawingInput
    default_error_messages = {
        "required": _("Please sign here, or type your name."),
    }

    def __init__(self, **given: Any) -> None:
        lines = (forms.CharField(required=False, max_length=_LONGEST), forms.CharField(required=False, max_length=100))
        super().__init__(fields=lines, require_all_fields=False, **given)

    def compress(self, data_list: Any) -> Drawn | None:
        """Return what was given; a drawing goes before a name."""
        drawn, typed = data_list or ("", "")
        if drawn:
            return Drawn(self._strokes(drawn), "")
        name = " ".join(typed.split())
        return Drawn([], name) if name else None

    def clean(self, value: Any) -> Drawn | None:
        """Return what was given; ValidationError where it must be and is not, and for a broken drawing."""
        given: Drawn | None = super().clean(value)
        if given is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return given

    def _strokes(self, drawn: str) -> Strokes:
        try:
            return strokes_of(drawn)
        except RefusalError as wrong:
            raise ValidationError(spoken(wrong.text), code="broken") from wrong
