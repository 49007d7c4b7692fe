"""What everybody reads of a draw, without log-in: little before it is revealed, all of it after."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from drawing import FELL, committed, drawn, frozen, revealed

from mingchu.base import clock
from mingchu.draw import services
from mingchu.draw.domain.lists import Inspector, Recusal
from mingchu.draw.opened import OPENED, Name

pytestmark = pytest.mark.django_db


def text(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def first_of(draw) -> str:
    told = json.loads(bytes(draw.files.get(name="result.json").data))
    return told["tasks"][0]["subject"]


def test_an_empty_register_says_so(client):
    assert "还没有登记过抽取" in text(client, "/draws/")


def test_the_register_shows_every_number_void_and_late_ones_too(client):
    services.void(draw=frozen(), reason="名单有误")
    late = drawn(reveal_by=clock.today())
    frozen()
    with clock.at(clock.midnight(clock.today().replace(year=clock.today().year + 1))):
        shown = text(client, "/draws/")
    assert "作废原因：名单有误" in shown
    assert "逾期未公开" in shown
    assert [f"{late.number[:5]}000{n}" in shown for n in (1, 2, 3)] == [True] * 3


def test_a_draft_has_no_page(client):
    services.open_draw(title="还没有编号")
    assert "还没有编号" not in text(client, "/draws/")
    text(client, "/draws/draft-1", 404)


def test_a_frozen_draw_shows_digests_and_no_plan(client):
    draw = frozen()
    shown = text(client, f"/draws/{draw.number}")
    assert "锁定的文件" in shown
    assert "各层比例" not in shown
    text(client, f"/draws/{draw.number}/commitment.json", 404)


@pytest.mark.parametrize("make", [committed, drawn])
def test_before_it_is_revealed_nothing_of_the_result_is_public(client, make):
    draw = make()
    shown = text(client, f"/draws/{draw.number}")
    assert draw.commitment in shown
    assert "各层比例" in shown
    assert "s0" not in shown.split("锁定的文件")[1].split("方案")[0]
    assert not draw.seed or draw.seed not in shown
    text(client, f"/draws/{draw.number}/bundle.zip", 404)
    promised = json.loads(text(client, f"/draws/{draw.number}/commitment.json"))
    assert json.loads(promised["leaf"])["commitment"] == draw.commitment


def test_a_revealed_draw_shows_who_was_drawn_who_goes_and_how_to_replay_it(client):
    draw = drawn()
    out = first_of(draw)
    stand = services.stand_in(draw=draw, out=out, reason="closed")
    draw = services.reveal(draw=draw)
    shown = text(client, f"/draws/{draw.number}")
    for said in (draw.seed, out, stand.into, "python3 bundle/verify.py", "不能带队"):
        assert said in shown
    packed = client.get(f"/draws/{draw.number}/bundle.zip")
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()


def test_for_whom_there_was_no_pair_is_an_exception_that_everybody_reads(client):
    alone = [Inspector("i0", ("150102",), ("caterer",), True)]
    draw = revealed(inspectors=alone, recusals=[Recusal("s001", "i0", "kinship")])
    assert "没有合格的一组" in text(client, f"/draws/{draw.number}")


def test_names_are_told_of_the_drawn_alone_by_whoever_knows_them(client):
    draw = revealed()
    known = {row: Name(f"店{row}", "91150102MA0AAAAAA1") for row in ("s000", first_of(draw))}
    OPENED.add("test", lambda number, asked: {k: v for k, v in known.items() if k in asked})
    try:
        shown = text(client, f"/draws/{draw.number}")
    finally:
        del OPENED._items["test"]
    assert f"店{first_of(draw)}" in shown
    assert ("店s000" in shown) == ("s000" in shown)


def test_hundreds_of_rows_are_shown_page_by_page(client):
    draw = frozen(rates={("150102", "caterer", f"t{n}"): 1_000_000 for n in (0, 1)}, total=None)
    draw = services.commit(draw=draw)
    draw = services.reveal(draw=services.conclude(draw=draw, found=[FELL]))
    first, second = (text(client, f"/draws/{draw.number}?from={n}") for n in (0, 50))
    assert "?from=50#drawn" in first
    assert '#drawn"' not in second.replace("?#drawn", "")
    assert not _drawn_rows(first) & _drawn_rows(second)
    assert len(_drawn_rows(first) | _drawn_rows(second)) == 100
    text(client, f"/draws/{draw.number}?from=99999999")


def _drawn_rows(shown: str) -> set[str]:
    return set(re.findall(r'<th scope="row"><span class="mono">(\w+)', shown))


def test_a_reader_of_english_reads_english(client):
    draw = revealed()
    for path in ("/draws/", f"/draws/{draw.number}", "/draws/check"):
        assert client.get(f"{path}?lang=en").status_code in (200, 302)
        shown = client.get(path).content.decode()
        assert '<html lang="en"' in shown


def test_the_page_that_checks_a_bundle_names_what_it_leaves_out(client):
    shown = text(client, "/draws/check")
    assert "drand 随机数的签名" in shown
    assert "派员：谁与谁一组" in shown
