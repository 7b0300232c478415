"""What a check has to say about a file."""

from dataclasses import dataclass
from enum import StrEnum

from kontor.rulebook.ruling import Text


class Severity(StrEnum):
    """How much a finding weighs: only a fatal one keeps a file from being sent."""

    FATAL = "FATAL"
    WARNING = "WARNING"
    INFORMATION = "INFORMATION"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One rule that a file breaks.

    rule     "BR-CO-15", "BR-DE-15", "XSD", or one of our own: "CENT-…"
    message  the sentence; the official rules speak English only and then say the same in both languages
    place    where, as the checker names it, or ""
    """

    severity: Severity
    rule: str
    message: Text
    place: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.message.en}"


def fatal(rule: str, de: str, en: str) -> Finding:
    return Finding(Severity.FATAL, rule, Text(de, en))


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return those findings with which a file may not be sent."""
    return tuple(finding for finding in findings if finding.severity == Severity.FATAL)
