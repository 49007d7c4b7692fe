"""A pseudonym is provable by whoever bears it and tells nobody else anything."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as some

from mingchu.draw import services
from mingchu.draw.domain import pseudonyms

SECRET, OTHER = bytes(32), bytes(31) + b"\1"
CODES = some.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=1, max_size=18)


@given(CODES)
def test_whoever_bears_a_code_proves_his_row(code):
    proof = pseudonyms.proof(SECRET, code)
    assert proof.holds
    assert not pseudonyms.Proof(code + "X", proof.salt, proof.pseudonym).holds


@given(some.lists(CODES, min_size=2, max_size=20, unique=True))
def test_a_salt_that_one_was_told_opens_no_other_row(codes):
    """With his own salt he can try every code there is: none of the others' rows comes out."""
    mine = pseudonyms.proof(SECRET, codes[0])
    others = {pseudonyms.proof(SECRET, code).pseudonym for code in codes[1:]}
    tried = {pseudonyms.pseudonym(code, mine.salt) for code in codes}
    assert not tried & others


def test_codes_cannot_be_tried_out_without_the_secret():
    row = pseudonyms.proof(SECRET, "91150102MA0AAAAAA1").pseudonym
    assert row != pseudonyms.proof(OTHER, "91150102MA0AAAAAA1").pseudonym
    assert row != pseudonyms.pseudonym("91150102MA0AAAAAA1", b"")


@pytest.mark.django_db
def test_draws_of_one_joint_campaign_share_pseudonyms_and_others_do_not():
    codes = ["91150102MA0AAAAAA1", "91150102MA0AAAAAA2"]
    one, two = (services.open_draw(title="联合", campaign="秋季联合检查") for _ in "12")
    alone, other = services.open_draw(title="单独"), services.open_draw(title="单独")
    named = [services.pseudonyms_of(draw, codes) for draw in (one, two, alone, other)]
    assert named[0] == named[1]
    assert len({names[codes[0]] for names in named}) == 3
    assert services.proof_of(two, codes[1]).pseudonym == named[0][codes[1]]


@pytest.mark.django_db
def test_the_secret_stands_from_the_first_day_and_is_sealed():
    draw = services.open_draw(title="单独")
    proof = services.proof_of(draw, "91150102MA0AAAAAA1")
    assert proof.salt.hex() not in draw.salts.secret
    for sql in ("UPDATE draw_salts SET secret = 'x'", "DELETE FROM draw_salts"):
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as db:
            db.execute(sql)
