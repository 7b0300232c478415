"""QR symbols (ISO/IEC 18004) of codes: as a picture for mails, as drawn lines for pages."""

import io

import segno


def png(text: str) -> bytes:
    """Return a symbol as PNG, with the quiet zone of four modules that readers need."""
    kept = io.BytesIO()
    segno.make(text, error="m", micro=False).save(kept, kind="png", scale=6, border=4)
    return kept.getvalue()


def svg(text: str) -> str:
    """Return a symbol as SVG to stand in a page, dark on light whatever the page's colours."""
    return str(
        segno.make(text, error="m", micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    )
