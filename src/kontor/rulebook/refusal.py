"""
Input a rule cannot work with, said in a sentence about the world in both languages.

>>> try:
...     raise RefusalError(Text("Der Betrag ist leer.", "The amount is empty."))
... except RefusalError as refusal:
...     print(refusal, "|", refusal.text.de)
The amount is empty. | Der Betrag ist leer.
"""

from kontor.rulebook.ruling import Text


class RefusalError(ValueError):
    """
    A rule refuses its input; `text` says why and what is expected, in German and English.

    Commands, forms and the API print `text`; the exception's own words are the English ones.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
