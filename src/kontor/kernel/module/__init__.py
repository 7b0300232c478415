"""What the frame itself declares."""

from kontor.kernel.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.kernel.module.keeping import KEEPINGS
from kontor.kernel.registry import EventKind, Measure, Meter, Module, PublicPage, register
from kontor.rulebook.ruling import Text

register(
    Module(
        key="kernel",
        title=Text("Grundlage", "Foundation"),
        entitled=False,
        public_pages=(
            PublicPage(Text("Über Kontor", "About Kontor"), "kernel:about"),
            PublicPage(Text("Offene Quellen", "Open source"), "kernel:third-party"),
        ),
        meters=(
            Meter(
                "kernel.storage",
                Text("Byte", "bytes"),
                "",
                measure=Measure.LEVEL,
                title=Text("Speicher", "Storage"),
                in_bytes=True,
            ),
        ),
        events=(EventKind("kernel.quota_warned", Text("Eine Grenze ist fast erreicht", "A limit is almost reached")),),
        keepings=KEEPINGS,
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)
