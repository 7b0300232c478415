"""What people type about terminals."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.devices import TerminalPage
from kontor.kernel.models import Site
from kontor.kernel.wording import spoken
from kontor.office.terminals.models import Printer, Terminal
from kontor.office.terminals.queries import delivered_devices, sites_of

_KINDS = (
    (Terminal.Kind.TABLET, _("Tablet")),
    (Terminal.Kind.KIOSK, _("Kiosk")),
    (Terminal.Kind.DISPLAY, _("Screen")),
)
_LANGUAGES = (("de", _("German")), ("en", _("English")))


class TerminalForm(forms.Form):
    """Where a terminal stands, how it is called and what it shows."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As people call the place: entrance, gate 2"))
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=_KINDS)
    serial = forms.CharField(
        label=_("Serial number"), max_length=100, required=False,
        help_text=_("It stands on the back of the device and on its delivery note."),
    )  # fmt: skip
    pages = forms.MultipleChoiceField(
        label=_("Pages"), widget=forms.CheckboxSelectMultiple, help_text=_("The first of them is shown."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)

    def __init__(
        self, *given: Any, pages: list[TerminalPage], sites: frozenset[uuid.UUID] | None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.fields["site"].queryset = sites_of(sites)  # type: ignore[attr-defined]
        self.fields["pages"].choices = [(page.key, spoken(page.label)) for page in pages]  # type: ignore[attr-defined]
        self.delivered = delivered_devices()
        self.fields["serial"].widget.attrs["list"] = "delivered"

    def clean_serial(self) -> str:
        return str(self.cleaned_data["serial"]).strip()


class PairForm(TerminalForm):
    """The code on the glass, and what becomes of the device that shows it."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Eight characters on the device’s screen, valid for ten minutes"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("code", "name", "site", "kind", "serial", "pages", "language")


class ChangeForm(TerminalForm):
    """The same of a terminal that is there, and after how long it forgets who stood before it."""

    printer = forms.ModelChoiceField(
        label=_("Printer"), queryset=Printer.objects.none(), required=False, empty_label=_("the first of the site")
    )
    idle_seconds = forms.IntegerField(
        label=_("Seconds until it forgets"), min_value=15, max_value=900,
        help_text=_("Without a touch for so long, everything of the last person is gone."),
    )  # fmt: skip

    def __init__(self, *given: Any, sites: frozenset[uuid.UUID] | None, **named: Any) -> None:
        super().__init__(*given, sites=sites, **named)
        rows = Printer.objects.filter(removed_at=None, site__in=sites_of(sites)).order_by("name")
        self.fields["printer"].queryset = rows  # type: ignore[attr-defined]


class PrinterForm(forms.Form):
    """A printer for labels and cards."""

    name = forms.CharField(label=_("Name"), max_length=100)
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    kind = forms.ChoiceField(
        label=_("Speaks"),
        choices=(
            (Printer.Kind.ZPL, _("ZPL over the network (Zebra and compatible)")),
            (Printer.Kind.BROTHER, _("Brother raster over the network (QL-800 and later)")),
            (Printer.Kind.SYSTEM, _("PDF by the server’s print system")),
        ),
    )
    host = forms.GenericIPAddressField(label=_("IP address"), required=False)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=9100)
    queue = forms.CharField(label=_("Queue of the print system"), max_length=100, required=False)
    per_mm = forms.TypedChoiceField(
        label=_("Resolution of a ZPL printer"), coerce=int, initial=8,
        choices=((8, "203 dpi"), (12, "300 dpi"), (24, "600 dpi")),
    )  # fmt: skip
    first = forms.BooleanField(label=_("Prints for every terminal of the site that names no other"), required=False)

    def __init__(self, *given: Any, sites: frozenset[uuid.UUID] | None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["site"].queryset = sites_of(sites)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say where it stands: an address, or a queue."""
        given = super().clean() or {}
        needed = "queue" if given.get("kind") == Printer.Kind.SYSTEM else "host"
        if not given.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Where does this printer stand?"))
        return given | {"host": given.get("host") or ""}
