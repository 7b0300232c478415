"""What the environment says of the database."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kontor.config import environment

URL = "postgresql://app:secret@db.example:6432/kontor"


@pytest.mark.parametrize(("prepare", "after"), [(True, 5), (False, None)])
def test_statements_are_prepared_unless_a_pooler_forbids_it(prepare: bool, after: int | None) -> None:
    options = environment.database(URL, pool=0, prepare=prepare)["OPTIONS"]
    assert options == {"application_name": "kontor", "prepare_threshold": after}


@pytest.mark.parametrize(("said", "found"), [(None, True), ("1", True), ("0", False), ("off", False)])
def test_what_is_on_by_itself_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, said: str | None, found: bool
) -> None:
    if said is None:
        monkeypatch.delenv("KONTOR_DB_PREPARE", raising=False)
    else:
        monkeypatch.setenv("KONTOR_DB_PREPARE", said)
    assert environment.switched_on("KONTOR_DB_PREPARE", "1") is found


def test_any_other_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_DB_PREPARE", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="expected 1 or 0"):
        environment.switched_on("KONTOR_DB_PREPARE", "1")
