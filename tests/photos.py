"""Photos as phones make them: a picture with place, device, time and more around it."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRET = b"150105199001010018"
PLACE = (40.0, 48.0, 30.123)


def a_picture(seed: int = 0, size: tuple[int, int] = (48, 32)) -> Image.Image:
    wide, high = size
    grains = bytes(
        (x * 5 + y * 3 * c + seed) % 256
        for y in range(high)
        for x in range(wide)
        for c in (1, 2, 3)
    )
    return Image.frombytes("RGB", size, grains)


def an_exif(turned: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Testphone " + SECRET.decode()
    exif[0x9003] = "2026:11:20 08:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    return exif


@cache
def a_profile() -> bytes:
    """The same all day long: a profile is stamped with the second it was made in."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def a_photo(
    form: str = "JPEG",
    turned: int = 6,
    seed: int = 0,
    size: tuple[int, int] = (48, 32),
    **more: Any,
) -> bytes:
    """A small photo with everything in it that has to go, and what has to stay."""
    file = io.BytesIO()
    known: dict[str, Any] = {"exif": an_exif(turned), "icc_profile": a_profile()}
    if form == "JPEG":
        known |= {"comment": SECRET, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if form == "WEBP":
        known |= {"xmp": SECRET, "lossless": True}
    if form == "PNG":
        told = PngInfo()
        told.add_text("Author", SECRET.decode())
        told.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        told.add_text("Comment", SECRET.decode() * 9, zip=True)
        known["pnginfo"] = told
    a_picture(seed, size).save(file, form, **{**known, **more})
    return file.getvalue()


def pixels(content: bytes) -> tuple[Any, ...]:
    image = Image.open(io.BytesIO(content))
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return image.size, *frames


def told_by(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


A_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + b" " * 200


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def full(name: bytes, version: int, *parts: bytes) -> bytes:
    return box(name, bytes((version, 0, 0, 0)), *parts)


def a_heic(exif: bytes, picture: bytes = b"coded picture" * 9) -> bytes:
    """The boxes of a HEIC picture with an EXIF item, an XMP item and a maker's film behind."""
    xmp = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    items = (
        full(b"infe", 2, struct.pack(">HH4s", 1, 0, b"hvc1"), b"\0"),
        full(b"infe", 2, struct.pack(">HH4s", 2, 0, b"Exif"), b"\0"),
        full(b"infe", 2, struct.pack(">HH4s", 3, 0, b"mime"), b"\0application/rdf+xml\0"),
    )
    iinf = full(b"iinf", 0, struct.pack(">H", len(items)), *items)
    kind = box(b"ftyp", b"mif1", bytes(4), b"mif1", b"heic")

    def meta(at: int) -> bytes:
        held = [(1, at, len(picture)), (2, at + len(picture), len(exif))]
        held.append((3, at + len(picture) + len(exif), len(xmp)))
        places = [struct.pack(">HHHHII", n, 0, 0, 1, start, size) for n, start, size in held]
        iloc = full(b"iloc", 1, b"\x44\x00", struct.pack(">H", len(places)), *places)
        return full(b"meta", 0, iinf, iloc)

    at = len(kind) + len(meta(0)) + 8
    return kind + meta(at) + box(b"mdat", picture, exif, xmp) + box(b"mpvd", SECRET)
