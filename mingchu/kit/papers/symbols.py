"""Symbols 条码: QR codes as SVG with their quiet zone; pictures such as signatures as SVG."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal

import zxingcpp

Level = Literal["L", "M", "Q", "H"]
# ISO/IEC 18004: four light modules on every side, else hand scanners miss the symbol.
QUIET_MODULES = 4


def qr_svg(text: str, *, level: Level = "M") -> str:
    """`text` as a QR code: one path, dark modules only, on a white square with quiet zone.

    >>> qr_svg("HTTPS://EXAMPLE.CN/C/0").startswith("<svg ")
    True
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.QRCode, ec_level=level)
    image: Any = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)
    grid: Any = memoryview(image)
    modules: list[list[int]] = grid.tolist()
    whole = len(modules) + 2 * QUIET_MODULES
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img"'
        f' shape-rendering="crispEdges"><rect width="{whole}" height="{whole}" fill="#fff"/>'
        f'<path fill="#000" d="{"".join(_runs(modules))}"/></svg>'
    )


def picture_svg(content: bytes, media_type: str) -> str:
    """A PNG or JPEG in a box three times as wide as high, whole and in its own proportions."""
    data = base64.b64encode(content).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100" role="img">'
        '<image width="300" height="100" preserveAspectRatio="xMidYMid meet"'
        f' href="data:{media_type};base64,{data}"/></svg>'
    )


def _runs(modules: list[list[int]]) -> Iterator[str]:
    """A box for each run of dark modules in a row."""
    for y, row in enumerate(modules, QUIET_MODULES):
        x = QUIET_MODULES
        for shade, run in groupby(row):
            length = len(list(run))
            if shade == 0:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length
