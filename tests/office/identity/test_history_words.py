"""What happened to a person or a role stands on their page in words, never by the record's own name for it."""

import re

from kontor.config.installation import SOURCE
from kontor.office.identity.views.history import _WORDS

ABOUT = r"(?:\w+\.)?(?:membership|member|user|role)(?: or \w+)?"


def test_whatever_is_recorded_about_a_person_or_a_role_has_its_words():
    actions = [*SOURCE.glob("kernel/actions/**/*.py"), *SOURCE.glob("office/identity/actions/**/*.py")]
    told = "\n".join(file.read_text(encoding="utf-8") for file in actions)
    verbs = set(re.findall(rf'record\(\s*"([a-z_.]+)",\s*{ABOUT},', told))
    assert {"identity.signed_in", "kernel.role_made", "identity.provisioned"} <= verbs
    assert verbs - _WORDS.keys() == set()
