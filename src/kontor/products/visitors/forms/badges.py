"""What people settle about a badge."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.terminals import public as labels
from kontor.products.visitors.formats.badges import MOST_LINES, Design, Line

SIZES: Final = (
    ("62x100", _("Label 62 × 100 mm")), ("54x86", _("Card 54 × 86 mm, upright")), ("86x54", _("Card 86 × 54 mm")),
)  # fmt: skip
BANDS: Final = (
    ("day", _("A colour for each day of the week")), ("", _("No band")), ("sea", _("Blue")), ("moss", _("Green")),
    ("plum", _("Violet")), ("red", _("Red")), ("amber", _("Brown")), ("teal", _("Turquoise")), ("ink", _("Grey")),
)  # fmt: skip
WHATS: Final = (
    ("", "–"), ("name", _("Name")), ("company", _("Company")), ("host", _("Host")), ("kind", _("Kind of visit")),
    ("site", _("Site")), ("day", _("Day")), ("words", _("Words of your own")),
)  # fmt: skip
TYPE_SIZES: Final = (("L", _("large")), ("M", _("medium")), ("S", _("small")))
_MOST_BYTES: Final = 1_000_000


class BadgeForm(forms.Form):
    """A template of badges, besides its lines."""

    name = forms.CharField(label=_("Name"), max_length=100)
    size = forms.ChoiceField(label=_("Size"), choices=SIZES)
    band = forms.ChoiceField(
        label=_("Band at the top"), choices=BANDS, required=False,
        help_text=_("It says until when the badge is valid. Label printers print it black."),
    )  # fmt: skip
    symbol = forms.BooleanField(
        label=_("QR code"), required=False, help_text=_("The visitor checks out with it at a terminal.")
    )
    logo = forms.FileField(label=_("Logo"), required=False, help_text=_("PNG or JPEG, up to 1 MB"))
    no_logo = forms.BooleanField(label=_("Leave the logo out"), required=False)

    def clean_logo(self) -> bytes:
        """Return the logo as it is kept, b"" where none was chosen."""
        given = self.cleaned_data.get("logo")
        if not given:
            return b""
        if given.size > _MOST_BYTES:
            raise forms.ValidationError(_("The picture is larger than 1 MB."))
        try:
            return labels.as_logo(given.read())
        except labels.NoPictureError as refused:
            raise forms.ValidationError(_("This is no picture that can be printed.")) from refused


class LineForm(forms.Form):
    """A line of a badge."""

    what = forms.ChoiceField(label=_("What stands there"), choices=WHATS, required=False)
    size = forms.ChoiceField(label=_("How large"), choices=TYPE_SIZES, initial="M", required=False)
    words = forms.CharField(label=_("Words of your own"), max_length=60, required=False)

    def line(self) -> Line | None:
        """Return what was chosen, None for an empty row."""
        told: dict[str, Any] = self.cleaned_data
        if not told.get("what"):
            return None
        return Line(what=told["what"], size=told.get("size") or "M", words=told.get("words", ""))


LineFormSet = forms.formset_factory(LineForm, extra=1, max_num=MOST_LINES, absolute_max=MOST_LINES)


def design_in(form: BadgeForm, lines: Any, *, logo: bytes) -> Design:
    """Return what was settled; `logo` is the one that the template has so far."""
    told = form.cleaned_data
    return Design(
        size=told["size"], band=told["band"], symbol=told["symbol"],
        logo=b"" if told["no_logo"] else told["logo"] or logo,
        lines=tuple(line for row in lines if (line := row.line()) is not None),
    )  # fmt: skip
