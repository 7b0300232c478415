"""One word for a password in German, whoever says it."""

from pathlib import Path

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext

from kontor.config.installation import SOURCE


def test_the_libraries_say_kennwort_too():
    with translation.override("de"):
        with pytest.raises(ValidationError) as refused:
            validate_password("123456")
        said = [*refused.value.messages, *password_validators_help_texts(), gettext("Incorrect password.")]
    assert said[:2] == ["Dieses Kennwort ist zu verbreitet.", "Es hat mindestens 10 Zeichen."]
    assert [sentence for sentence in said if "asswort" in sentence or "asswört" in sentence] == []


@pytest.mark.parametrize("file", sorted(SOURCE.glob("**/locale/de/LC_MESSAGES/*.po")), ids=lambda file: file.parts[-5])
def test_no_page_says_passwort(file: Path):
    assert "passwort" not in file.read_text(encoding="utf-8").lower()
