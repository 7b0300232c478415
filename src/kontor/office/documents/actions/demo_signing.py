"""The demo's signatures: a paper that somebody outside signed by hand, and one that still waits."""

import json
import uuid
from datetime import datetime, timedelta

from kontor.kernel.actor import MACHINE
from kontor.office.documents.actions.legal import Evidence
from kontor.office.documents.actions.signing import Asked, Signing, ask_signature, sign_paper

_HAND = [
    [[60, 130], [75, 95], [95, 60], [112, 48], [120, 62], [112, 96], [100, 128], [96, 146]],
    [[70, 104], [100, 98], [136, 92]],
    [[150, 120], [166, 98], [180, 104], [172, 126], [186, 128], [204, 102], [212, 122], [230, 106], [244, 126]],
    [[262, 60], [258, 96], [262, 128], [284, 110], [300, 100], [306, 122], [330, 112], [372, 100], [430, 92]],
]


def make_signing_demo(at: datetime, *, signed: uuid.UUID, waiting: uuid.UUID) -> None:
    """Have one document signed and another one asked for."""
    then = at - timedelta(days=4)
    tom = Asked(name="Nordkälte GmbH, A. Lührs", email="luehrs@nordkaelte.example", note="Bitte bis Monatsende.")
    asked = ask_signature(signed, tom, at=then, actor=MACHINE)
    signing = Signing(name="Anke Lührs", sha256=bytes(asked.version.blob.sha256), drawn=json.dumps(_HAND))
    sign_paper(asked.pk, signing, evidence=Evidence(address="192.0.2.44", client="Firefox"), at=at - timedelta(days=1))
    ask_signature(waiting, Asked(name="Tom Brand", email="t.brand@kontor.example"), at=then, actor=MACHINE)
