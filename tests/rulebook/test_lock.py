"""The lock over pack files."""

import pytest

from kontor.rulebook.terms import lock

# sha256 of the empty file
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_file_is_known_by_its_hash(tmp_path):
    (tmp_path / "b-2026-01.toml").touch()
    (tmp_path / "a-2026-01.toml").touch()
    assert lock.digests(tmp_path) == {"a-2026-01.toml": EMPTY, "b-2026-01.toml": EMPTY}
    assert list(lock.digests(tmp_path)) == ["a-2026-01.toml", "b-2026-01.toml"]


def test_what_is_written_is_read_again(tmp_path):
    place = tmp_path / "packs.lock"
    place.write_text(lock.written({"b": EMPTY, "a": EMPTY}), encoding="utf-8")
    assert place.read_text(encoding="utf-8") == f"{EMPTY}  a\n{EMPTY}  b\n"
    assert lock.locked(place) == {"a": EMPTY, "b": EMPTY}


def test_edited_and_missing_files_are_told_and_new_ones_too(tmp_path):
    place = tmp_path / "packs.lock"
    place.write_text(lock.written({"edited.toml": EMPTY, "gone.toml": EMPTY, "same.toml": EMPTY}), encoding="utf-8")
    (tmp_path / "edited.toml").write_text("x", encoding="utf-8")
    (tmp_path / "same.toml").touch()
    (tmp_path / "new.toml").touch()
    assert lock.changed(tmp_path, place) == ("edited.toml", "gone.toml")
    assert lock.unlocked(tmp_path, place) == ("new.toml",)


@pytest.mark.parametrize("text", ["abc  a\n", f"{EMPTY}  a\n{EMPTY}  a\n", f"{EMPTY}\n", f"{EMPTY} a\n"])
def test_a_lock_that_is_none_is_refused(tmp_path, text):
    place = tmp_path / "packs.lock"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="expected lines"):
        lock.locked(place)
