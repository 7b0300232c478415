"""What is wrong with a pack, in sentences that name file, key, what was expected and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a pack file."""

    file: str
    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}, {self.key}: expected {self.expected}, found {self.found}."


class PackError(ValueError):
    """A pack that cannot be used; `findings` holds everything wrong with it, in the order of the file."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
