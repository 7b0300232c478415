"""How documents are spoken of on pages."""

from collections.abc import Mapping
from typing import Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from kontor.kernel.components import Badge
from kontor.kernel.scanning import has_scanner
from kontor.office.documents.formats.door import OFFICE
from kontor.office.documents.models import Finding

State = Finding.State
_KINDS: Final[Mapping[str, Any]] = {
    "application/pdf": "PDF",
    "text/plain": pgettext_lazy("kind of file", "Text"),
    "application/zip": pgettext_lazy("kind of file", "Archive"),
    OFFICE["word/"]: "Word",
    OFFICE["xl/"]: "Excel",
    OFFICE["ppt/"]: "PowerPoint",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument",
}
DEEDS: Final[Mapping[str, Any]] = {
    "documents.filed": _("filed"),
    "documents.version_added": _("new version"),
    "documents.version_restored": _("earlier version restored"),
    "documents.binned": _("laid into the bin"),
    "documents.taken_out": _("taken out of the bin"),
    "documents.linked": _("linked to a record"),
    "documents.settled": _("title, folder or readers changed"),
    "documents.opened": _("opened"),
    "documents.quarantined": _("shut: harmful"),
    "documents.look_asked": _("look asked for"),
    "documents.signature_asked": _("signature asked for"),
    "documents.signature_read": _("read by whoever is to sign"),
    "documents.signature_refused": _("signature refused"),
    "documents.signature_withdrawn": _("signature asked for no more"),
}
EXCHANGED: Final[Mapping[str, Any]] = {
    "documents.exchange_opened": _("shared, the link written"),
    "documents.exchange_filled": _("file put in"),
    "documents.exchange_emptied": _("file taken out"),
    "documents.exchange_entered": _("opened with the password"),
    "documents.exchange_refused": _("wrong password"),
    "documents.exchange_locked": _("locked"),
    "documents.exchange_password_renewed": _("new password"),
    "documents.exchange_ended": _("shut"),
    "documents.exchange_brought": _("file came in"),
    "documents.exchange_viewed": _("looked into"),
    "documents.exchange_fetched": _("file fetched"),
}


def kind_words(media_type: str | None) -> Any:
    """Return what people call a media type."""
    if media_type and media_type in _KINDS:
        return _KINDS[media_type]
    return _("Picture") if (media_type or "").startswith("image/") else pgettext_lazy("kind of file", "File")


def state_badge(state: str | None) -> Badge:
    """Return the state of a look: clean, waiting, shut, or not scanned."""
    if state == State.INFECTED:
        return Badge(_("harmful, shut"), "bad")
    if state == State.CLEAN:
        return Badge(_("scanned"), "good")
    if state == State.UNSCANNED and not has_scanner():
        return Badge(_("not scanned"), "")
    return Badge(_("waits for the scanner"), "warn")


def harmful_words(signature: str) -> str:
    """Return why a file that the scanner calls harmful is refused."""
    return gettext("The scanner found %(name)s. The file is refused and kept in quarantine.") % {"name": signature}


def size_words(size: int | None) -> str:
    """Return a size as people read it, "1.2 MB"."""
    return filesizeformat(size or 0)
