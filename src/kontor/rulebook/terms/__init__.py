"""
Terms packs: what a contract says, as data that code can read and people can check.

>>> pack = load("visitor")
>>> str(pack.notice.period.value), str(pack.notice.period.clause)
('3 months', '4.6.1')
"""

from kontor.rulebook.terms.files import keys, law, law_of, laws, load, parse_law, parse_terms, path, versions
from kontor.rulebook.terms.law import LawPack
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.refusal import Finding, PackError
from kontor.rulebook.terms.value import (
    NoAnswerError,
    NotAgreedError,
    Setting,
    SilentError,
    Stated,
    ToBeAgreed,
    Value,
    given,
)

__all__ = [
    "Finding",
    "LawPack",
    "NoAnswerError",
    "NotAgreedError",
    "PackError",
    "Setting",
    "SilentError",
    "Stated",
    "TermsPack",
    "ToBeAgreed",
    "Value",
    "given",
    "keys",
    "law",
    "law_of",
    "laws",
    "load",
    "parse_law",
    "parse_terms",
    "path",
    "versions",
]
