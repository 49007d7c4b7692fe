"""A photo loses what the camera wrote, and not one pixel."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from photos import A_PDF, SECRET, a_heic, a_photo, a_picture, a_profile, an_exif, pixels, told_by

from mingchu.base.errors import Refusal
from mingchu.kit.files.bare import bare
from mingchu.kit.files.kinds import HEIC, JPEG, PDF, PNG, WEBP, MediaType, sniff, told
from mingchu.kit.files.orientation import orientation, oriented

FORMS = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
SENT = (a_photo("JPEG"), a_photo("PNG"), a_photo("WEBP"), a_heic(bytes(40)))
ALL = pytest.mark.parametrize("form", sorted(FORMS))
TELLING = (SECRET, b"Testphone", b"2026:11:20", b"xmpmeta")


def outcome(content: bytes, media_type: MediaType) -> bytes | str:
    try:
        return bare(content, media_type)
    except Refusal as no:
        return no.code


def stripped(form: str, **how: object) -> bytes:
    return bare(a_photo(form, **how), FORMS[form])  # type: ignore[arg-type]


@ALL
def test_a_photo_without_its_makers_data_has_the_same_pixels_and_colours(form: str) -> None:
    sent = a_photo(form)

    kept = bare(sent, FORMS[form])

    assert any(word in sent for word in TELLING)
    assert [word for word in TELLING if word in kept] == []
    assert pixels(kept) == pixels(sent)
    assert told_by(kept).info["icc_profile"] == a_profile()


@ALL
@pytest.mark.parametrize("turned", range(1, 9))
def test_of_exif_only_the_orientation_stays(form: str, turned: int) -> None:
    exif = told_by(stripped(form, turned=turned)).getexif()

    assert dict(exif) == ({0x0112: turned} if turned > 1 else {})
    assert dict(exif.get_ifd(0x8825)) == {}


@ALL
def test_a_bare_photo_stays_as_it_is(form: str) -> None:
    once = stripped(form)

    assert bare(once, FORMS[form]) == once


@ALL
def test_what_hides_behind_the_end_of_a_picture_goes(form: str) -> None:
    sent = a_photo(form)

    assert bare(sent + b"PK\x03\x04" + SECRET, FORMS[form]) == bare(sent, FORMS[form])


@ALL
def test_a_photo_cut_anywhere_is_refused_or_whole(form: str) -> None:
    sent = a_photo(form)
    whole = bare(sent, FORMS[form])

    outcomes = {outcome(sent[:cut], FORMS[form]) for cut in range(12, len(sent) - 1, 7)}

    # Whole, where only what hides behind the picture was cut off.
    assert "photo_broken" in outcomes
    assert outcomes <= {"photo_broken", whole}


def test_a_progressive_picture_with_restarts_keeps_every_scan() -> None:
    sent = a_photo("JPEG", progressive=True, restart_marker_blocks=2, quality=95)

    assert pixels(bare(sent, JPEG)) == pixels(sent)


def test_a_cmyk_picture_keeps_what_its_colours_need() -> None:
    file = io.BytesIO()
    a_picture().convert("CMYK").save(file, "JPEG")

    assert pixels(bare(file.getvalue(), JPEG)) == pixels(file.getvalue())


def test_the_second_picture_of_a_phone_goes_with_the_place_in_it() -> None:
    first, second = a_picture(1), a_picture(2)
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], exif=an_exif())

    kept = bare(file.getvalue(), JPEG)

    assert SECRET in file.getvalue()
    assert SECRET not in kept
    assert told_by(kept).format == "JPEG"
    assert len(pixels(kept)) == 2


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_keeps_its_frames(form: str) -> None:
    file = io.BytesIO()
    more = {"lossless": True} if form == "WEBP" else {}
    a_picture(1).save(
        file,
        form,
        save_all=True,
        append_images=[a_picture(2), a_picture(3)],
        exif=an_exif(),
        **more,
    )

    kept = bare(file.getvalue(), FORMS[form])

    assert len(pixels(kept)) == 4
    assert pixels(kept) == pixels(file.getvalue())
    assert SECRET not in kept


def test_a_thumbnail_inside_the_file_header_goes() -> None:
    plain = a_photo("JPEG", turned=1)
    size = int.from_bytes(plain[4:6], "big")
    jfif = plain[6 : 4 + size][:12] + b"\x01\x01" + b"abc"
    sent = plain[:4] + (len(jfif) + 2).to_bytes(2, "big") + jfif + plain[4 + size :]

    kept = bare(sent, JPEG)

    assert told_by(sent).size == told_by(kept).size
    assert b"\x01\x01abc" in sent
    assert b"\x01\x01abc" not in kept


def test_a_heic_keeps_every_offset_while_its_makers_items_are_emptied() -> None:
    exif = bytes(4) + oriented(6) + b"Testphone" + SECRET
    sent = a_heic(exif)

    kept = bare(sent, HEIC)

    assert len(kept) == len(sent)
    assert sent.count(SECRET) == 3
    assert SECRET not in kept
    assert b"Testphone" not in kept
    assert b"coded picture" * 9 in kept
    assert kept[: kept.index(b"mdat")] == sent[: sent.index(b"mdat")]
    assert b"mpvd" not in kept
    assert bare(kept, HEIC) == kept


def test_a_heic_whose_items_lie_outside_of_it_is_broken() -> None:
    sent = a_heic(bytes(40))

    outcomes = [outcome(sent[:cut], HEIC) for cut in range(24, len(sent) - 1)]

    assert set(outcomes[: sent.index(b"mdat") - 28]) == {"photo_broken"}
    assert SECRET not in b"".join(kept for kept in outcomes if isinstance(kept, bytes))


def test_a_pdf_stays_as_it_was_sent() -> None:
    assert bare(A_PDF, PDF) == A_PDF


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_bytes_that_only_begin_like_a_photo_are_refused_or_kept_bare(noise: bytes) -> None:
    for sent in SENT:
        media_type = sniff(sent[:64])
        assert media_type is not None
        for damaged in (sent[:24] + noise, sent[: len(sent) // 2] + noise):
            assert isinstance(kept := outcome(damaged, media_type), bytes) or kept == "photo_broken"


@given(st.binary(max_size=80))
def test_any_tags_have_some_orientation(noise: bytes) -> None:
    assert 1 <= orientation(b"II" + noise) <= 8
    assert 1 <= orientation(b"MM" + noise) <= 8


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (a_photo("JPEG")[:64], JPEG),
        (a_photo("PNG")[:64], PNG),
        (a_photo("WEBP")[:64], WEBP),
        (a_heic(bytes(40))[:64], HEIC),
        (A_PDF[:64], PDF),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'>", None),
        (b"<!doctype html><script>", None),
        (b"MZ\x90\x00", None),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", None),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", None),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"", None),
    ],
    ids=[
        "jpeg",
        "png",
        "webp",
        "heic",
        "pdf",
        "svg",
        "html",
        "exe",
        "mp4",
        "avif",
        "avi",
        "nothing",
    ],
)
def test_a_type_is_known_by_its_bytes_alone(head: bytes, known: MediaType | None) -> None:
    assert sniff(head) == known


@pytest.mark.parametrize("claimed", ["image/png", "application/pdf", "text/html"])
def test_a_photo_that_says_it_is_something_else_is_refused(claimed: str) -> None:
    with pytest.raises(Refusal) as refused:
        told(a_photo("JPEG")[:64], claimed)

    assert refused.value.code == "type_differs"


@pytest.mark.parametrize("claimed", ["", "image/jpeg", "IMAGE/JPG", "application/octet-stream"])
def test_what_a_sender_calls_a_photo_may_be_loose(claimed: str) -> None:
    assert told(a_photo("JPEG")[:64], claimed) is JPEG
