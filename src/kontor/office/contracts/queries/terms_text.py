"""The terms as a text to agree to, told clause by clause in our own sentences from the pack."""

from collections.abc import Mapping

from kontor.rulebook import terms


def terms_text(pack_key: str, version: str, *, seller: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return title and text, each by language; every clause has its number, heading and sentence."""
    pack = terms.load(pack_key, version)
    title = {"de": f"{seller}: {pack.title.de}, {version}", "en": f"{seller}: {pack.title.en}, {version}"}
    text = {
        language: "\n\n".join(
            f"{number} {clause.heading.spoken(language)}\n{clause.sentence.spoken(language)}"
            for number, clause in pack.clauses.items()
        )
        for language in ("de", "en")
    }
    return title, text
