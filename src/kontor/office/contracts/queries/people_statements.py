"""What a contract wants its customer's people to agree to, each by themselves."""

from typing import Any, Final

from kontor.rulebook.terms import TermsPack

REVOCABLE: Final = "revocable_consent"


def statements_of(pack: TermsPack) -> list[dict[str, Any]]:
    """
    Return the statements to ask for, in JSON's terms: {key, title [de, en], text [de, en], clause}.

    None where the terms name none, or where they were concluded as a clause of the employer's contract alone, which
    asks the people nothing (crm 9.2, a setting of the pack).
    """
    rules = pack.privacy
    if rules is None or rules.statements is None or rules.statements_are is None:
        return []
    if rules.statements_are.value != REVOCABLE:
        return []
    return [
        {
            "key": item.key,
            "title": [item.de, item.en],
            "text": [
                f"Ich bin einverstanden: {item.de}. Das ist freiwillig, und ich kann es jederzeit zurücknehmen.",
                f"I agree: {item.en}. This is voluntary, and I can take it back at any time.",
            ],
            "clause": (item.clause or rules.statements.clause).number,
        }
        for item in rules.statements.value
    ]
