"""What of the desk goes by itself once its time is over."""

from typing import Final

from kontor.kernel.keeping import Keeping
from kontor.rulebook.ruling import Text

KEEPINGS: Final = (
    Keeping(
        key="desk.satisfaction",
        title=Text("Zufriedenheitswerte", "Satisfaction scores"),
        kind="satisfaction_score",
        model="desk.Satisfaction",
        since="at",
        customer="customer_tenant_id",
        people="ticket__requester_email",
    ),
    Keeping(
        key="desk.closed_requests",
        title=Text("Abgeschlossene Anfragen", "Closed requests"),
        kind="closed_requests",
        model="desk.Ticket",
        since="closed_at",
        customer="customer_tenant_id",
        people="requester_email",
        needed_by=("desk.FaultEntry",),
    ),
)
