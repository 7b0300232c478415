"""
Which form a declaration needs, and which way of sending it has that form.

>>> has_form(Means.EMAIL, Form.WRITTEN), has_form(Means.REGISTERED_LETTER, Form.WRITTEN)
(False, True)
>>> has_form(Means.EMAIL, Form.WRITTEN, email_is_written=True), has_form(Means.LETTER, Form.REGISTERED_LETTER)
(True, False)
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kontor.rulebook.ruling import Text


class Form(StrEnum):
    """The form a contract demands, by the packs' words (`notice.form`)."""

    WRITTEN = "written"
    TEXT = "text"
    EMAIL = "email"
    REGISTERED_LETTER = "registered_letter"
    INFORMAL = "informal"
    SELF_SERVICE = "self_service"

    @property
    def spoken(self) -> Text:
        """The form as the thing that is demanded."""
        return _FORMS[self]


class Means(StrEnum):
    """How a declaration was sent: a signed letter, one with return receipt, an e-mail, signed in on the platform."""

    LETTER = "letter"
    REGISTERED_LETTER = "registered_letter"
    EMAIL = "email"
    PLATFORM = "platform"

    @property
    def spoken(self) -> Text:
        """The way of sending in words."""
        return _MEANS[self]


_FORMS: Final[Mapping[Form, Text]] = {
    Form.WRITTEN: Text("ein unterschriebener Brief", "a signed letter"),
    Form.TEXT: Text("Textform: Brief, E-Mail oder Plattform", "text form: letter, e-mail or platform"),
    Form.EMAIL: Text("eine E-Mail", "an e-mail"),
    Form.REGISTERED_LETTER: Text("ein Einschreiben mit Rückschein", "a registered letter with return receipt"),
    Form.INFORMAL: Text("keine bestimmte Form", "no particular form"),
    Form.SELF_SERVICE: Text("eine Erklärung auf der Plattform", "a declaration on the platform"),
}
_MEANS: Final[Mapping[Means, Text]] = {
    Means.LETTER: Text("unterschriebener Brief", "signed letter"),
    Means.REGISTERED_LETTER: Text("Einschreiben mit Rückschein", "registered letter with return receipt"),
    Means.EMAIL: Text("E-Mail", "e-mail"),
    Means.PLATFORM: Text("auf der Plattform", "on the platform"),
}
_ON_PAPER: Final = frozenset({Means.LETTER, Means.REGISTERED_LETTER})
_ANY: Final = frozenset(Means)
_HAVE: Final[Mapping[Form, frozenset[Means]]] = {
    Form.WRITTEN: _ON_PAPER,
    Form.TEXT: _ANY,
    Form.EMAIL: frozenset({Means.EMAIL}),
    Form.REGISTERED_LETTER: frozenset({Means.REGISTERED_LETTER}),
    Form.INFORMAL: _ANY,
    Form.SELF_SERVICE: frozenset({Means.PLATFORM}),
}


def has_form(means: Means, form: Form, *, email_is_written: bool = False) -> bool:
    """
    Say whether what was sent so has the form demanded.

    email_is_written  the contract's written form may be met by what is sent electronically (BGB 127 (2))
    """
    return means in _HAVE[form] or (form is Form.WRITTEN and email_is_written)
