"""What is settled about the desk's mail."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import MomentField
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


class ThanksForm(forms.Form):
    """How somebody was helped."""

    mark = forms.TypedChoiceField(
        label=_("How were you helped?"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, _("Very well")), (4, _("Well")), (3, _("So-so")), (2, _("Badly")), (1, _("Not at all"))],
    )  # fmt: skip
    words = forms.CharField(
        label=_("What should we know?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
