"""QR codes for a screen: a link to be enrolled by, a secret to be scanned."""

from __future__ import annotations

import re

import zxingcpp


def qr_svg(text: str) -> str:
    """`text` as an SVG image with its quiet zone.

    >>> qr_svg("https://example.cn/").count("<svg")
    1
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.QRCode, ec_level="M")
    drawn = str(zxingcpp.write_barcode_to_svg(symbol, add_quiet_zones=True))
    # A view box instead of a size, so that the page decides how large it stands.
    return re.sub(
        r'^.*?<svg width="(\d+)" height="(\d+)"',
        r'<svg viewBox="0 0 \1 \2"',
        drawn,
        flags=re.DOTALL,
    )
