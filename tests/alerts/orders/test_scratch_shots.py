import io
from datetime import date, timedelta

from build import a_pdf
from django.test import Client
from live import served
from orderly import MORNING
from playwright.sync_api import sync_playwright

from mingchu.accounts.queries import actor_for
from mingchu.alerts.services import orders as S
from mingchu.base import clock
from mingchu.kit.files import keeping
from mingchu.registry import services as registry


def test_shots(committed, business, someone, officer, chief, an_order, an_alert):
    registry.name_areas(kind="station", rows=[("150105001", "大学西路监管所")])
    owner = someone("enterprise", business.public_id)
    grid = someone("grid")
    by = actor_for
    a = an_order(kind="camera_off", severity=1)
    b = an_order(kind="licence_bad", severity=2)
    c = an_order(kind="director_missing", severity=3)
    d = an_order(kind="complaint_cluster", severity=2)
    S.begin(order=b, by=by(officer))
    S.begin(order=c, by=by(officer))
    S.pause(order=c, ground="testing", note="送市检验所检测", by=by(officer))
    f = keeping.keep(file=io.BytesIO(a_pdf()), by=by(officer))
    S.await_business(
        order=b,
        note="更换冷柜温度计，张贴新的食品安全公示牌",
        correct_by=date(2026, 11, 24),
        by=by(officer),
        files=[f],
    )
    S.begin(order=d, by=by(officer))
    S.submit(order=d, note="现场查看三次，后厨已停用，消毒记录齐全", files=[f], by=by(officer))
    S.report(
        note="后门堆放垃圾，气味重",
        by=by(grid),
        district="150105",
        station="150105001",
        business_id=business.pk,
    )
    clients = {}
    for name, user in (("officer", officer), ("chief", chief), ("owner", owner), ("grid", grid)):
        k = Client()
        k.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        clients[name] = (
            k.cookies["sessionid"].value
            if "sessionid" in k.cookies
            else list(k.cookies.items())[0][1].value
        )
        cookie = list(k.cookies)[0]
    with clock.stopped(MORNING + timedelta(hours=3)), served() as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        shots = [
            ("chief", "/w/"),
            ("chief", "/w/orders/"),
            ("officer", f"/w/orders/{b.pk}"),
            ("chief", f"/w/orders/{d.pk}"),
            ("officer", f"/w/orders/{c.pk}"),
            ("officer", f"/w/orders/{a.pk}/await_business"),
            ("chief", f"/w/orders/{a.pk}/transfer"),
            ("chief", "/w/orders/desk"),
            ("chief", f"/w/orders/assign?chosen={a.pk}&chosen={b.pk}"),
            ("grid", "/w/orders/report"),
            ("owner", f"/e/{business.public_id}"),
            ("owner", f"/e/orders/{b.pk}"),
            ("chief", f"/w/businesses/{business.public_id}"),
        ]
        for width in (390, 1280):
            for n, (who, where) in enumerate(shots):
                ctx = browser.new_context(
                    viewport={"width": width, "height": 800},
                    java_script_enabled=width == 1280,
                    locale="zh-CN" if n % 3 else "en-US" if width == 1280 else "zh-CN",
                )
                ctx.add_cookies([{"name": cookie, "value": clients[who], "url": base}])
                page = ctx.new_page()
                answer = page.goto(base + where)
                wide = page.evaluate("document.documentElement.scrollWidth") if width == 1280 else 0
                print(width, who, where, answer.status, wide)
                page.screenshot(path=f"/tmp/orders-shots/{width}-{n:02}.png", full_page=True)
                ctx.close()
        ctx = browser.new_context(viewport={"width": 390, "height": 800})
        for who, where in shots:
            ctx.clear_cookies()
            ctx.add_cookies([{"name": cookie, "value": clients[who], "url": base}])
            page = ctx.new_page()
            page.goto(base + where)
            print("scroll", where, page.evaluate("document.documentElement.scrollWidth"))
            page.close()
        browser.close()
