"""What privacy remembers."""

from kontor.office.privacy.models.cookies import CookieChoice, CookieText, PageView
from kontor.office.privacy.models.erasures import Deletion, Erasure, Hold
from kontor.office.privacy.models.statements import Declaration, Statement

__all__ = ["CookieChoice", "CookieText", "Declaration", "Deletion", "Erasure", "Hold", "PageView", "Statement"]
