"""
What kind of deed an entry of the record tells of, by the last word of its verb.

>>> kind_of("books.invoice_finalised"), kind_of("parties.contact_removed"), kind_of("desk.looked_at")
('changed', 'deleted', 'seen')
"""

from typing import Final, Literal

from kontor.rulebook.ruling import Text

Kind = Literal["entered", "changed", "deleted", "seen"]
KINDS: Final[dict[Kind, Text]] = {
    "entered": Text("eingetragen", "entered"),
    "changed": Text("geändert", "changed"),
    "deleted": Text("gelöscht", "deleted"),
    "seen": Text("angesehen", "seen"),
}
ENDINGS: Final[dict[Kind, tuple[str, ...]]] = {
    "seen": ("looked_at", "viewed", "seen", "fetched", "exported", "verified", "began", "signed_in", "came_in"),
    "deleted": ("removed", "deleted", "erased", "discarded", "forgotten", "taken", "revoked"),
    "entered": (
        "added", "made", "opened", "received", "invited", "created", "issued", "asked", "given", "kept", "laid",
        "learnt", "settled_in",
    ),
}  # fmt: skip


def kind_of(verb: str) -> Kind:
    """Return the kind of a deed; what is neither entered, deleted nor seen was changed."""
    tail = verb.rpartition(".")[2]
    return next((kind for kind, endings in ENDINGS.items() if tail.endswith(endings)), "changed")
