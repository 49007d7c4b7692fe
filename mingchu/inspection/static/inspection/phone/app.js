// The inspector's phone 检查手机: starts, finds the way, and keeps sending whenever it can.

import { Offline, Refused } from "./api.js";
import { day, tray } from "./day.js";
import { button, h, link, say, unwarn, warn } from "./dom.js";
import { doing, notOwn } from "./frame.js";
import { item, list } from "./item.js";
import { news } from "./keeping.js";
import { packOf, prefetch } from "./pack.js";
import { paper } from "./paper.js";
import { current, settle } from "./people.js";
import { isUnsent, MIRROR_MS } from "./queue.js";
import { sign } from "./sign.js";
import { all, note } from "./store.js";
import { flush, nextIn } from "./sync.js";
import { hub, step, task } from "./visit.js";
import { mark, others, speak, t } from "./words.js";

const WAYS = [
  [/^\/$/, day, true], [/^\/tray$/, tray, true], [/^\/task\/(\d+)$/, task, true], [/^\/r\/([\w-]+)$/, hub, true],
  [/^\/r\/([\w-]+)\/item\/(\d+)$/, item], [/^\/r\/([\w-]+)\/list$/, list], [/^\/r\/([\w-]+)\/items$/, list],
  [/^\/r\/([\w-]+)\/sign$/, sign], [/^\/r\/([\w-]+)\/paper$/, paper], [/^\/r\/([\w-]+)\/(\w+)$/, step],
];
const main = document.getElementById("main");
const NAMES = { "zh-hans": "中文", en: "English" };

const ctx = {
  person: null, pack: null, install: null, persisted: false, worker: null,
  version: document.documentElement.dataset.version,
  go(path) { if (location.hash === path) return show(); location.hash = path; return null; },
  again: () => show({ stay: true }),
  onLeave(act) { leaving.push(act); },
  async reload() {
    ctx.person = await current();
    ctx.pack = ctx.person && await packOf(ctx.person.id);
  },
  async fetchPack() {
    if (!ctx.person || ctx.person.dead) return;
    try { ctx.pack = await prefetch(ctx.person); } finally { await ctx.reload(); await refresh(); }
    say(t("pack_here", { n: ctx.pack.body.tasks.length }));
  },
  async flush(forced) {
    await flush({ forced });
    const wait = await nextIn();
    clearTimeout(retry);
    if (wait !== null) retry = setTimeout(round, Math.max(wait, LEAST_MS));
    await ctx.reload();
    await refresh();
  },
  // Object URLs of a page live as long as the page.
  address({ type }, bytes) {
    const made = bytes ? URL.createObjectURL(new Blob([bytes], { type })) : "";
    addresses.push(made);
    return made;
  },
};
let addresses = [], leaving = [], wanted = null, drawing = null, here = null, outdated = false, retry = 0;
const LEAST_MS = 1_000, TAP_MS = 60, HELD_MS = 3_000;
const isBusy = () => location.hash.startsWith("#/r/");
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// One drawing at a time: what is asked for meanwhile comes after it. Were each thrown away by the next,
// news faster than a drawing would leave the page as it was.
function show({ stay = false } = {}) {
  wanted = { stay: stay && (wanted?.stay ?? true) };
  drawing ??= drawAll().finally(() => { drawing = null; });
  return drawing;
}

async function drawAll() {
  while (wanted) {
    const { stay } = wanted;
    wanted = null;
    try {
      await draw(stay);
    } catch (why) {
      warn(t("failed"), String(why?.message ?? why));
      note("drawing failed", { why: String(why) }).catch(() => {});
    }
  }
}

async function draw(stay) {
  const path = location.hash.slice(1) || "/";
  if (outdated && !isBusy()) return void location.reload();
  if (!stay) { for (const act of leaving.splice(0)) act(); unwarn(); }
  const way = WAYS.find(([form]) => form.test(path));
  const old = addresses;
  addresses = [];
  const nodes = way && (ctx.person || way[1] === day || way[1] === tray) ? await way[1](ctx, ...way[0].exec(path).slice(1)) : way && !ctx.person ? await day(ctx) : notOwn();
  if (stay) await lifted();
  const goesElsewhere = wanted && !wanted.stay;
  if (!nodes || goesElsewhere) { addresses.unshift(...old); return; }
  const focused = document.activeElement?.id, opened = [...main.querySelectorAll("details[id][open]")].map((one) => one.id);
  main.replaceChildren(...nodes.flat(3).filter(Boolean));
  if (stay && here === path) {
    for (const id of opened) { const one = document.getElementById(id); if (one) one.open = true; }
    if (focused) document.getElementById(focused)?.focus();
  } else {
    scrollTo(0, 0);
    if (here !== null) document.getElementById("title")?.focus();
  }
  here = path;
  main.dataset.way = path;
  document.title = `${document.getElementById("title")?.textContent ?? ""} · ${t("app")}`;
  for (const one of old) if (one) URL.revokeObjectURL(one);
  await bar();
}

// A button drawn anew between finger down and finger up is not pressed: the page waits for the finger.
const down = new Set();
addEventListener("pointerdown", (event) => down.add(event.pointerId), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => setTimeout(() => down.delete(event.pointerId), TAP_MS), true);
async function lifted() {
  for (const latest = Date.now() + HELD_MS; down.size && Date.now() < latest;) await pause(TAP_MS);
}

// Pages that only show follow what the sender does; pages that are filled in are left alone.
async function refresh() {
  const way = WAYS.find(([form]) => form.test(location.hash.slice(1) || "/"));
  if (way?.[2]) await ctx.again(); else await bar();
}

async function bar() {
  const waiting = (await all("records")).filter(isUnsent).length;
  document.getElementById("bar").replaceChildren(
    link(t("app"), "#/", "brand"),
    h("nav", { "aria-label": t("navigation") }, link(t("today"), "#/"), link(`${t("tray")} ${waiting || ""}`.trim(), "#/tray"),
      ...others().map((one) => button(NAMES[one], () => { speak(one); show({ stay: true }); notices(); }, "button--bar", { lang: one === "en" ? "en" : "zh", id: "language" }))));
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("foot").textContent = t("version_said", { version: ctx.version });
  notices();
}

// A new version waits until it is asked for, and is not offered in the middle of an inspection.
function notices() {
  const place = document.getElementById("notices"), waiting = ctx.worker?.waiting;
  place.replaceChildren(...[
    !navigator.onLine && h("p", { class: "strip", id: "offline" }, t("no_line")),
    waiting && !isBusy() && h("p", { class: "strip strip--new", id: "update" }, t("new_version"), " ", button(t("update"), () => waiting.postMessage("now"), "button--quiet")),
  ].filter(Boolean));
}

async function serve() {
  if (!navigator.serviceWorker) return;
  const held = !!navigator.serviceWorker.controller;
  let asked = held;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Another tab asked for it: here it comes between two inspections, not in the middle of one.
    if (asked) outdated = true;
    asked = true;
    if (outdated && !isBusy()) location.reload(); else refresh();
  });
  ctx.worker = await navigator.serviceWorker.register("/i/sw.js", { scope: "/i/", updateViaCache: "none" });
  ctx.worker.addEventListener("updatefound", () => ctx.worker.installing?.addEventListener("statechange", notices));
  notices();
}

async function meet() {
  const before = ctx.person?.token;
  await settle();
  await ctx.reload();
  if (ctx.person && ctx.person.token !== before) await ctx.flush(true); else await refresh();
  try {
    await ctx.fetchPack();
  } catch (why) {
    if (!(why instanceof Offline || why instanceof Refused)) throw why;
  }
}

// Sends what waits, then asks for the day anew. What fails is tried again and stands in the records.
async function round() {
  try {
    await ctx.flush(false);
  } catch (why) {
    await note("round failed", { why: String(why) });
  }
}

async function start() {
  mark();
  addEventListener("hashchange", () => show());
  addEventListener("online", async () => { notices(); await ctx.flush(true).catch(() => {}); await meet().catch(() => {}); });
  addEventListener("offline", notices);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) round(); });
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); ctx.install = event; refresh(); });
  let again = 0;
  news.addEventListener("change", () => { clearTimeout(again); again = setTimeout(refresh, 150); });
  await ctx.reload();
  await show();
  document.documentElement.dataset.started = "true";
  ctx.persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  await doing(serve);
  await round();
  await doing(meet);
  setInterval(round, MIRROR_MS);
}

if (!globalThis.crypto?.subtle) main.replaceChildren(h("h1", {}, t("app")), h("p", {}, t("needs_https")));
else start();

