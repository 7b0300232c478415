"""What of the frame goes by itself once its time is over."""

from typing import Final

from kontor.kernel.keeping import Keeping
from kontor.rulebook.ruling import Text

KEEPINGS: Final = (
    Keeping(
        key="kernel.mails",
        title=Text("Geschriebene Mails", "Mails that were written"),
        kind="sent_mails",
        model="kernel.OutgoingMail",
        since="at",
        people="to",
    ),
)
