"""What is settled about the desk's mail."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
from kontor.kernel.models import Sender
from kontor.office.desk.models import Mailbox

_DOOR: Final = ("host", "port", "security", "user")  # whom a password is given to


class HabitsForm(forms.Form):
    """How the desk works."""

    address = forms.EmailField(
        label=_("The desk's address"), required=False, help_text=_("Customers write to it and answer to it.")
    )
    mx_host = forms.CharField(
        label=_("Name of our mail exchanger"), max_length=253, required=False,
        help_text=_("Its line in a mail's head says when the mail reached us. Without it the mailbox's time counts."),
    )  # fmt: skip
    reopen_days = forms.IntegerField(label=_("A closed request is taken up again for"), min_value=0, max_value=365)
    receipts_a_day = forms.IntegerField(
        label=_("Automatic receipts to one address"), min_value=0, max_value=1000,
        help_text=_("At most so many within 24 hours: two machines never answer each other for long."),
    )  # fmt: skip
    asks_after = forms.BooleanField(label=_("Ask after closing how somebody was helped"), required=False)
    asks_again_days = forms.IntegerField(label=_("Ask nobody twice within"), min_value=1, max_value=365)


class MailboxForm(forms.Form):
    """A mailbox that is read."""

    address = forms.EmailField(label=_("The mailbox's address"))
    host = forms.CharField(label=_("IMAP server"), max_length=253)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=_("Encryption"), choices=[(Mailbox.Security.TLS, _("TLS from the start (port 993)")),
                                        (Mailbox.Security.STARTTLS, _("STARTTLS (port 143)"))],
    )  # fmt: skip
    user = forms.CharField(label=_("User name"), max_length=320)
    password = forms.CharField(
        label=_("Password"), max_length=200, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    folder = forms.CharField(label=_("Folder that is read"), max_length=200)
    after = forms.ChoiceField(
        label=_("A mail that was read"),
        choices=[(Mailbox.After.MOVE, _("is moved into another folder")), (Mailbox.After.MARK, _("is marked as read"))],
    )
    done_folder = forms.CharField(label=_("Folder for what was read"), max_length=200)
    unreadable_folder = forms.CharField(label=_("Folder for what could not be read"), max_length=200)
    counts_from = MomentField(label=_("Mail counts from"), help_text=_("What came before stays where it is."))

    def __init__(self, *args: Any, row: Mailbox | None, **given: Any) -> None:
        super().__init__(*args, **given)
        self.row = row
        self.fields["password"].required = row is None
        if row is not None:
            self.fields["password"].help_text = _("Empty keeps the one that is set.")

    def settled(self) -> dict[str, Any]:
        """Return the columns, without the password."""
        return {key: value for key, value in self.cleaned_data.items() if key != "password"}

    def clean(self) -> dict[str, Any]:
        """Refuse folders that are one and the same, and a kept password for another server than it was given for."""
        given: dict[str, Any] = super().clean() or {}
        folders = [given.get(key) for key in ("folder", "done_folder", "unreadable_folder")]
        if given.get("after") == Mailbox.After.MOVE and None not in folders and len(set(folders)) < len(folders):
            self.add_error("done_folder", _("Choose three different folders."))
        moved = self.row is not None and any(given.get(key) != getattr(self.row, key) for key in _DOOR)
        if moved and not given.get("password"):
            self.add_error("password", _("Type the password again: server or user name changed."))
        return given


class SenderForm(forms.Form):
    """An address of one's own to write under, and by whose server its mail leaves."""

    OURS, OWN = "ours", "own"

    address = forms.EmailField(label=_("E-mail"), max_length=320)
    way = forms.ChoiceField(
        label=_("Its mail leaves"), widget=forms.RadioSelect,
        choices=[(OURS, _("by this platform: written in its name, answers go to your address")),
                 (OWN, _("by your own mail server: written under your address"))],
    )  # fmt: skip
    host = forms.CharField(label=_("Mail server (SMTP)"), max_length=253, required=False)
    security = forms.ChoiceField(
        label=_("Encryption"), required=False,
        choices=[(Sender.Security.TLS, _("TLS from the start (port 465)")),
                 (Sender.Security.STARTTLS, _("STARTTLS (port 587)"))],
    )  # fmt: skip
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, required=False)
    user = forms.CharField(label=_("User name"), max_length=320, required=False)
    password = forms.CharField(
        label=_("Password"), max_length=200, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, row: Sender | None, **given: Any) -> None:
        shown = row or Sender()
        super().__init__(*args, **given)
        self.row = row
        self.initial = {key: getattr(shown, key) for key in ("address", *_DOOR)}
        self.initial["way"] = self.OWN if shown.host else self.OURS
        if row is not None and row.password:
            self.fields["password"].help_text = _("Empty keeps the one that is set.")

    def settled(self) -> dict[str, Any]:
        """Return the columns, without the password; no server where the mail leaves by ours."""
        given = self.cleaned_data
        if given["way"] == self.OURS:
            return {"address": given["address"], "host": "", "user": ""}
        return {"address": given["address"], **{key: given[key] for key in _DOOR}}

    def clean(self) -> dict[str, Any]:
        """Ask for the whole way to a server of one's own, and for the password again where it would go elsewhere."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("way") != self.OWN:
            return given
        for name in _DOOR:
            if not given.get(name) and name not in self.errors:
                self.add_error(name, _("Your own mail server needs this."))
        moved = self.row is None or not self.row.password
        moved = moved or any(given.get(key) != getattr(self.row, key) for key in _DOOR)
        if moved and not given.get("password"):
            self.add_error("password", _("Type the password: server or user name are new."))
        return given


class CodeForm(forms.Form):
    """The code that was mailed to an address."""

    code = forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ThanksForm(forms.Form):
    """How somebody was helped."""

    mark = forms.TypedChoiceField(
        label=_("How were you helped?"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, _("Very well")), (4, _("Well")), (3, _("So-so")), (2, _("Badly")), (1, _("Not at all"))],
    )  # fmt: skip
    words = forms.CharField(
        label=_("What should we know?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
