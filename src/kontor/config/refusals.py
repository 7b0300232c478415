"""What the command line says instead of a traceback."""


class RefusedError(Exception):
    """Something outside the program is not as it must be; the message is one sentence with the mend."""

    def __init__(self, *sentences: str, code: int = 1) -> None:
        super().__init__(*sentences)
        self.sentences = sentences
        self.code = code
