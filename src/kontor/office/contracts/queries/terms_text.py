"""The terms as a text to agree to, told clause by clause in our own sentences from the pack."""

from collections.abc import Mapping
from typing import Final

from kontor.rulebook import terms
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said


def terms_text(pack_key: str, version: str, *, seller: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """
    Return title and text, each by language; every clause has its number, heading and sentence.

    A text in another language than the contract's says first that it is a translation and binds nobody, where the
    terms say so (visitor 13.4, leisure 21.9).
    """
    pack = terms.load(pack_key, version)
    title = {"de": f"{seller}: {pack.title.de}, {version}", "en": f"{seller}: {pack.title.en}, {version}"}
    text = {
        language: "\n\n".join(
            [
                *(note.spoken(language) for note in [not_binding(pack, language)] if note),
                *(
                    f"{number} {clause.heading.spoken(language)}\n{clause.sentence.spoken(language)}"
                    for number, clause in pack.clauses.items()
                ),
            ]
        )
        for language in ("de", "en")
    }
    return title, text


def not_binding(pack: TermsPack, language: str) -> Text | None:
    """Return the note over a translation that binds nobody; None in the contract's language or where it binds."""
    rules = pack.jurisdiction
    binding = rules.language if rules else None
    if binding is None or rules is None or rules.translations_bind is None or rules.translations_bind.value:
        return None
    if binding.value == language:
        return None
    return said(
        "Übersetzung, nicht bindend: Es gilt der Text auf {name} ({clause}).",
        "Translation, not binding: the {name} text prevails ({clause}).",
        name=_NAMES[binding.value],
        clause=binding.clause.number,
    )


_NAMES: Final = {"de": Text("Deutsch", "German"), "fr": Text("Französisch", "French")}
