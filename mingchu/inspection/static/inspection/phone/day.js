// My day 今日: what is to be done, by when, and where each record stands; the tray of what waits.

import { button, facts, h, link, say, state } from "./dom.js";
import { doing, empty, notice, page, stateOf } from "./frame.js";
import { hand, unsent } from "./handing.js";
import { recordsOf } from "./keeping.js";
import { isClockOff, serverNow } from "./pack.js";
import { leave } from "./people.js";
import { counts, isLate, isUnsent } from "./queue.js";
import { all, remember } from "./store.js";
import { dayOf, momentOf, sizeOf, t } from "./words.js";

const byDue = (a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0);
const newest = (records, visit) => records.filter((one) => one.task.visit === visit).sort((a, b) => (a.started_at < b.started_at ? 1 : -1))[0];

export async function day(ctx) {
  if (!ctx.person) return entrance();
  const records = await recordsOf(ctx.person.id);
  const tasks = [...(ctx.pack?.body.tasks ?? [])].sort(byDue);
  const rest = records.filter((one) => !tasks.some((task) => task.visit === one.task.visit));
  return page(t("today"), null,
    readiness(ctx),
    ...warnings(ctx, records),
    tasks.length ? h("ul", { class: "tasks" }, tasks.map((task) => row(ctx, task, newest(records, task.visit))))
      : empty(t("no_tasks"), t("no_tasks_fix")),
    rest.length ? [h("h2", {}, t("others_here")), h("ul", { class: "tasks" }, rest.map((one) => row(ctx, one.task, one)))] : null,
    h("p", {}, link(t("tray"), "#/tray", "button button--quiet button--wide")),
    installing(ctx));
}

async function entrance() {
  const waiting = (await all("records")).filter(isUnsent).length;
  return page(t("who"), null,
    h("p", {}, t("who_why")),
    waiting ? notice("warn", h("p", {}, t("others_wait", { n: waiting }))) : null,
    h("p", {}, button(t("sign_in"), signIn, "button--wide")));
}

// Whoever left the phone may come back.
async function signIn() {
  await remember("left", null);
  location.href = "/login/?next=/i/";
}

function readiness(ctx) {
  if (!ctx.pack) return notice("warn", h("p", {}, state("open", "○", t("not_ready"))), h("p", {}, t("not_ready_fix")));
  const { fetched_at, body } = ctx.pack, old = dayOf(fetched_at) !== dayOf(Date.now());
  const ready = !!navigator.serviceWorker?.controller;
  const facts = { at: old ? momentOf(fetched_at) : momentOf(fetched_at).slice(11), n: body.tasks.length };
  return h("div", { class: `ready ${old || !ready ? "ready--old" : ""}`, id: "ready", "data-ready": String(ready && !old) },
    h("p", {}, ready ? state("accepted", "✓", t("ready", facts)) : state("open", "○", t("nearly_ready"))),
    old && h("p", {}, t("pack_old")),
    button(t("fetch"), () => doing(() => ctx.fetchPack()), "button--quiet", { id: "fetch" }));
}

function warnings(ctx, records) {
  const said = [];
  if (ctx.person.dead) said.push(notice("bad", h("p", {}, h("strong", {}, t("token_gone"))), h("p", {}, t("token_gone_fix")), button(t("sign_in"), signIn, "button--wide")));
  if (ctx.pack && isClockOff(ctx.pack)) said.push(notice("warn", h("p", {}, t("clock_off", { n: Math.round(Math.abs(ctx.pack.clock.offset_ms) / 60_000) }))));
  const days = ctx.pack?.body.rules.unsent_days ?? 2;
  const late = records.filter((one) => isLate(one, days, Date.now())).length;
  if (late) said.push(notice("bad", h("p", {}, h("strong", {}, t("unsent", { n: late, days }))), h("p", {}, t("unsent_fix"))));
  const torn = records.filter((one) => one.state === "conflict").length;
  if (torn) said.push(notice("warn", h("p", {}, t("conflicts", { n: torn }))));
  return said;
}

function row(ctx, task, record) {
  const late = task.due < dayOf(serverNow(ctx.pack));
  return h("li", { class: "task" },
    h("a", { class: "task__link", href: record ? `#/r/${record.client_id}` : `#/task/${task.visit}` }, h("strong", {}, task.business.name)),
    h("p", { class: "task__line" }, task.type_title, " · ", task.business.address),
    h("p", { class: "task__line" },
      late ? state("conflict", "!", t("overdue", { day: task.due })) : t("due", { day: task.due }), " ",
      task.unannounced && h("span", { class: "tag" }, t("unannounced")), " ",
      task.open.length ? h("span", { class: "tag tag--warn" }, t("open_defects", { n: task.open.length })) : null),
    h("p", { class: "task__state" }, record ? stateOf(record) : state("todo", "○", t("state_todo"))));
}

function installing(ctx) {
  if (matchMedia("(display-mode: standalone)").matches) return null;
  const offer = ctx.install;
  return notice("info", h("p", {}, t("install_why")),
    offer ? button(t("install"), () => offer.prompt(), "button--quiet") : h("p", {}, t("install_by_hand")));
}

export async function tray(ctx) {
  if (!ctx.person) return entrance();
  const records = await all("records"), told = counts(records, ctx.person.id);
  const own = records.filter((one) => one.person === ctx.person.id && isUnsent(one));
  const room = await navigator.storage?.estimate?.().catch(() => null);
  return page(t("tray"), [t("today"), "#/"],
    h("ul", { class: "counts", "aria-label": t("tray") }, ["open", "held", "sending", "accepted", "conflict"].map((one) =>
      h("li", { id: `count-${one}`, "data-count": told[one] }, h("strong", {}, String(told[one])), " ", t(`state_${one}`)))),
    told.others ? notice("warn", h("p", { id: "others" }, t("others_wait", { n: told.others }))) : null,
    button(t("send_now"), () => send(ctx), "button--wide button--main", { id: "send" }),
    h("ul", { class: "tasks" }, own.map((one) => waiting(one))),
    h("h2", {}, t("last_resort")), h("p", {}, t("last_resort_why")),
    button(t("export"), () => doing(async () => hand(await unsent(ctx.person))), "button--quiet button--wide", { id: "export", disabled: !own.length }),
    h("h2", {}, t("this_phone")),
    facts([t("person"), `${ctx.person.name} ${ctx.person.certificate ?? ""}`],
      [t("storage"), ctx.persisted ? t("storage_kept") : t("storage_may_go")],
      [t("room"), room && t("room_left", { used: sizeOf(room.usage), quota: sizeOf(room.quota) })],
      [t("token_until"), (ctx.person.expires ?? "").slice(0, 10)], [t("version"), ctx.version]),
    button(t("leave"), () => going(ctx), "button--quiet button--wide", { id: "leave" }));
}

async function send(ctx) {
  say(t("sends"));
  await doing(() => ctx.flush(true));
}

async function going(ctx) {
  await remember("left", ctx.person.id);
  await leave();
  await ctx.reload();
  ctx.go("#/");
}

function waiting(record) {
  const files = record.blobs.filter((one) => !one.sent).length;
  return h("li", { class: "task" },
    h("a", { class: "task__link", href: `#/r/${record.client_id}` }, h("strong", {}, record.task.business.name)),
    h("p", { class: "task__state" }, stateOf(record), files ? ` · ${t("files_wait", { n: files })}` : ""),
    record.problem && problemOf(record));
}
export const problemOf = (record) =>
  notice("bad", h("p", {}, h("strong", {}, record.problem.why || t("refused"))), record.problem.fix && h("p", {}, record.problem.fix));
