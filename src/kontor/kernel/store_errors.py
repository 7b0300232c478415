"""What a store of files says when it has not got a file, or cannot be asked."""

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class MissingFileError(Exception):
    """The store has nothing under this name: the disk, the bucket or its backup is incomplete."""


class StoreError(RefusalError):
    """
    A store that does not do what it is asked.

    text  for whoever wanted the file, in both languages; the exception's own words are for who runs the installation:
          which place, what is wrong, and the mend
    """

    def __init__(self, text: Text, why: str) -> None:
        super().__init__(text)
        self.args = (why,)


class StoreUnreachableError(StoreError):
    """The store did not answer, or was busy, several times in a row: later it may."""


class StoreRefusesError(StoreError):
    """The store answered and refused: its keys, its rights or its bucket are not as declared. A person must look."""
