"""What privacy remembers."""

from kontor.office.privacy.models.cookies import CookieChoice, CookieText, PageView
from kontor.office.privacy.models.statements import Declaration, Statement

__all__ = ["CookieChoice", "CookieText", "Declaration", "PageView", "Statement"]
