"""Papers: what is given is what is printed, on every page, without a system font."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mingchu.kit.papers import charts, fonts
from mingchu.kit.papers.documents import (
    Enrolment,
    File,
    Letter,
    Part,
    ReportColumn,
    TableReport,
)
from mingchu.kit.papers.symbols import qr_svg

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
MARKUP = '#import "x": y *bold* _low_ $x^2$ = head <ref> @cite \\ ` // gone /* too */ [b] #{1}'


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def bare(text: str) -> str:
    """Without line breaks and spaces: where lines break is the typesetter's."""
    return "".join(text.split())


def a_letter(*paragraphs: str) -> Letter:
    return Letter(
        title="关于限期改正的通知",
        issuer="示例市场监督管理局",
        day="2026年11月20日",
        paragraphs=paragraphs,
    )


def test_markup_in_the_data_is_printed_as_typed():
    paper = a_letter(MARKUP).print(AT)

    assert bare(MARKUP) in bare("".join(pages(paper.pdf)))


@effort(max_examples=25)
@given(st.text(st.sampled_from("呼和浩特市食品安全 #*_$@<>[]{}\\`'\"=-/~+019aZ%（）"), min_size=1))
def test_every_typed_text_comes_back_from_the_page(text: str):
    paper = a_letter("始" + text + "终").print(AT)

    # Typst sets the prime and dashes of markup nowhere: data are text, not markup.
    assert bare("始" + text + "终") in bare("".join(pages(paper.pdf)))


def test_a_letter_says_who_to_whom_when_and_what_is_enclosed():
    letter = Letter(
        title="通知",
        issuer="示例局",
        number="示监〔2026〕1号",
        to="示例店",
        day="2026年11月20日",
        paragraphs=["正文"],
        facts=[("编号", "甲1")],
        attachments=["笔录"],
    )

    text = bare("".join(pages(letter.print(AT).pdf)))

    for said in (
        "示监〔2026〕1号",
        "示例店：",
        "正文",
        "编号甲1",
        "附件：1.笔录",
        "2026年11月20日",
    ):
        assert said in text


def test_the_same_data_at_the_same_moment_give_the_same_bytes():
    assert a_letter("一").print(AT).pdf == a_letter("一").print(AT).pdf
    assert a_letter("一").print(AT).pdf != a_letter("二").print(AT).pdf


def test_rare_characters_are_printed_and_those_no_font_has_are_named():
    have = fonts.coverage(fonts.faces("")[0].path)
    covered = chr(min(code for code in have if code > 0x20000))

    paper = a_letter(f"王{covered}与李\U0003134f😀").print(AT)

    text = bare("".join(pages(paper.pdf)))
    assert paper.missing == ("U+1F600", "U+3134F")
    assert f"王{covered}与李〔U+3134F〕〔U+1F600〕" in text


def test_coverage_knows_common_characters_and_no_emoji():
    have = fonts.coverage(fonts.faces("")[0].path)

    assert {ord(c) for c in "呼和浩特㐀A9，"} <= have
    assert ord("😀") not in have
    assert 0x10FFFF not in have


def test_an_installed_font_fills_in_what_the_packaged_one_lacks(settings, tmp_path: Path):
    found = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not found.exists():
        pytest.skip("no installed font here to fill in with")
    (tmp_path / found.name).write_bytes(found.read_bytes())
    settings.FONTS = str(tmp_path)

    choice = fonts.choose("呼\u0531")

    assert choice.families[0] == fonts.SERIF
    assert choice.families[-1] == "DejaVu Sans"
    assert not choice.missing


def test_a_long_table_repeats_its_header_and_counts_its_pages():
    rows = [(str(n), f"示例餐饮店{n:04}", "150102") for n in range(300)]
    report = TableReport(
        title="清单",
        columns=[ReportColumn("序号"), ReportColumn("名称", 3), ReportColumn("区划")],
        rows=rows,
    )

    texts = [bare(text) for text in pages(report.print(AT).pdf)]

    assert len(texts) > 3
    for at, text in enumerate(texts, 1):
        assert "序号名称区划" in text
        assert f"第{at}页，共{len(texts)}页" in text
    assert all(row[1] in "".join(texts) for row in rows)


def test_landscape_turns_the_sheet():
    column = [ReportColumn("名称")]
    tall = TableReport(title="清单", columns=column, rows=[("甲",)]).print(AT)
    wide = TableReport(title="清单", columns=column, rows=[("甲",)], landscape=True).print(AT)

    assert pypdfium2.PdfDocument(tall.pdf)[0].get_size() == pytest.approx((595.3, 841.9), abs=0.1)
    assert pypdfium2.PdfDocument(wide.pdf)[0].get_size() == pytest.approx((841.9, 595.3), abs=0.1)


@pytest.mark.parametrize("demo", [True, False])
def test_only_the_demo_city_marks_every_page(settings, demo: bool):
    settings.DEMO = demo
    rows = [(str(n),) for n in range(150)]

    texts = pages(
        TableReport(title="清单", columns=[ReportColumn("序号")], rows=rows).print(AT).pdf
    )

    assert len(texts) > 1
    assert all(("演示数据" in bare(text)) == demo for text in texts)


def test_the_code_on_an_enrolment_sheet_reads_back_from_the_page():
    link = "https://city.example/login/0123456789ABCDEFGHJKMNPQRSTVWXYZ?呼=和"
    sheet = Enrolment(
        title="开通账号", link=link, facts=[("姓名", "示例甲")], steps=["扫码", "设置口令"]
    )

    page = pypdfium2.PdfDocument(sheet.print(AT).pdf)[0]

    shot = page.render(scale=150 / 72, grayscale=True)
    image = zxingcpp.ImageView(
        bytes(shot.buffer), shot.width, shot.height, zxingcpp.ImageFormat.Lum, shot.stride
    )
    seen = zxingcpp.read_barcodes(image)
    assert [code.text for code in seen] == [link]


def test_a_symbol_keeps_four_light_modules_on_every_side():
    svg = qr_svg("HTTPS://EXAMPLE.CN/C/0123456789")

    assert 'viewBox="0 0 33 33"' in svg  # version 2: 25 modules and twice four
    assert 'd="M4 4' in svg


def test_a_file_is_one_page_with_its_facts_parts_and_code():
    file = File(
        title="示例餐饮店",
        facts=[("区划", "新城区"), ("状态", "在营"), ("编号", "1")],
        parts=[Part("许可", ("编号", "有效期至"), [("JY21501020000017", "2027-01-01")])],
        link="https://city.example/p/1",
    )

    texts = pages(file.print(AT).pdf)

    assert len(texts) == 1
    assert "JY21501020000017" in texts[0]


def some_charts() -> list[charts.Chart]:
    labels = ["新城区", "回民区", "<玉泉区>"]
    parts = [charts.Series("合格", (9, 8, 7)), charts.Series("不合格", (1, None, 3))]
    return [
        charts.bar("户数", labels, [1200, 300, 0], unit="户"),
        charts.lollipop("增减", labels, [-4, 0, 6.5]),
        charts.stacked("抽检", labels, parts),
        charts.line("走势", labels, parts, band=charts.Band("常见", (5, 5, 5), (9, 9, 9))),
    ]


@pytest.mark.parametrize("chart", some_charts(), ids=lambda chart: chart.title)
def test_a_chart_says_what_it_shows_and_its_table_holds_every_figure(chart: charts.Chart):
    from xml.etree import ElementTree

    drawing = ElementTree.fromstring(chart.svg)  # noqa: S314 our own drawing
    shown = charts.chart_with_table(chart)

    names = {child.tag.split("}")[1] for child in drawing}
    assert {"title", "desc"} <= names
    assert "style=" not in chart.svg
    assert "<玉泉区>" not in shown
    assert "&lt;玉泉区&gt;" in shown
    assert all(len(row) == len(chart.head) for row in chart.rows)


def test_the_legend_of_a_band_looks_like_the_band():
    chart = some_charts()[3]

    assert chart.svg.count(charts.BAND_FILL) == 2


def test_charts_print_with_their_words():
    report = TableReport(
        title="统计", columns=[ReportColumn("甲")], rows=[("乙",)], charts=some_charts()
    )

    text = bare("".join(pages(report.print(AT).pdf)))

    assert "新城区" in text
    assert "1,200" in text


def test_nothing_asks_the_system_for_a_font():
    families = set(fonts.book("").families())

    assert families == {fonts.SERIF, fonts.SANS}


def test_papers_need_no_fontconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FONTCONFIG_PATH", str(tmp_path))

    assert pypdfium2.PdfDocument(io.BytesIO(a_letter("一").print(AT).pdf))
