// A visit: its task, its steps, and each step but the checklist and the signing.

import { button, facts, field, h, link, state, tick } from "./dom.js";
import { problemOf } from "./day.js";
import { doing, notice, notOwn, own, page, saved, stateOf, typed } from "./frame.js";
import { change, recordsOf } from "./keeping.js";
import { OUTCOMES, RESULTS, results } from "./outcome.js";
import { begun, foundIn, isItsCode, itemsOf, resultsOf, stepsOf, tally, TEXT_TOP } from "./record.js";
import { scanner } from "./scan.js";
import { put } from "./store.js";
import { isoNow, t } from "./words.js";

export async function task(ctx, number) {
  const visit = ctx.pack?.body.tasks.find((one) => one.visit === Number(number));
  if (!visit) return notOwn();
  const known = (await recordsOf(ctx.person.id)).find((one) => one.task.visit === visit.visit && one.state !== "set_aside");
  if (known) return ctx.go(`#/r/${known.client_id}`);
  return page(visit.business.name, [t("today"), "#/"], about(visit),
    button(t("begin"), () => doing(() => begin(ctx, visit)), "button--wide button--main", { id: "begin" }));
}

async function begin(ctx, visit) {
  const { checklists, rules } = ctx.pack.body;
  const record = begun({ id: crypto.randomUUID(), person: ctx.person.id, task: visit, list: checklists[visit.checklist], rules, at: isoNow() });
  await put("records", record);
  ctx.go(`#/r/${record.client_id}/arrive`);
}

function about(visit) {
  const { business } = visit;
  return [
    visit.open.length ? notice("warn", h("h2", {}, t("open_defects", { n: visit.open.length })),
      h("ul", {}, visit.open.map((one) => h("li", {}, `${one.text} `, one.due && t("due", { day: one.due }))))) : null,
    facts([t("type"), visit.type_title], [t("number"), visit.number], [t("department"), visit.department],
      [t("due_by"), visit.due], [t("matter"), visit.matter], [t("notice"), visit.notice?.number], [t("recheck_of"), visit.recheck_of],
      [t("code"), business.code], [t("kind"), business.kind_title], [t("address"), business.address],
      [t("telephone"), business.phone], [t("managers"), business.managers.map((one) => `${one.name}（${one.role}）`).join("、")],
      [t("licences"), business.licences.map((one) => `${one.title} ${one.number} ${one.until ? t("until", { day: one.until }) : ""}`).join("；")],
      [t("officers"), [visit.lead, visit.second].filter(Boolean).map((one) => `${one.name} ${one.certificate}`).join("；")],
      [t("last_visit"), visit.last?.day]),
  ];
}

export async function hub(ctx, id) {
  const record = await own(ctx, id);
  if (!record) return notOwn();
  if (record.state !== "open") return sealed(record);
  const count = tally(record);
  const done = {
    arrive: record.presence, shown: record.shown.lead && record.shown.second, outcome: record.outcome,
    earlier: record.earlier.length === record.task.open.length, items: count.all === count.answered,
    exam: record.exam.length, results: true, sign: false,
  };
  return page(record.task.business.name, [t("today"), "#/"], h("p", {}, stateOf(record)),
    h("ol", { class: "steps" }, stepsOf(record).map((step) => h("li", {},
      link(t(`step_${step}`), way(record, step)), " ",
      done[step] ? state("accepted", "✓", step === "items" ? `${count.answered}/${count.all}` : t("done")) : state("todo", "○", step === "items" ? `${count.answered}/${count.all}` : t("to_do"))))),
    h("h2", {}, t("about")), about(record.task));
}

function sealed(record) {
  return page(record.task.business.name, [t("today"), "#/"],
    h("p", { id: "state", "data-state": record.state }, stateOf(record)),
    h("p", {}, t(`means_${record.state}`)),
    record.problem && problemOf(record),
    record.state === "held" && record.waits && notice("warn", h("p", {}, t("pin_locked"))),
    (record.conflicts ?? []).map((one) => notice("warn", h("p", {}, h("strong", {}, one.why)), one.decided_why && h("p", {}, one.decided_why))),
    h("p", {}, link(t("paper"), `#/r/${record.client_id}/paper`, "button button--wide button--main")));
}

const way = (record, step) => `#/r/${record.client_id}/${step === "items" ? "item/1" : step}`;
const onward = (record, step) => {
  const steps = stepsOf(record), next = steps[steps.indexOf(step) + 1];
  return link(t("next_step", { step: t(`step_${next}`) }), way(record, next), "button button--wide button--main");
};

const STEPS = { arrive, shown, outcome, earlier, exam, results: outcomes };
export async function step(ctx, id, name) {
  const record = await own(ctx, id);
  if (!record || !STEPS[name]) return notOwn();
  if (record.state !== "open") return ctx.go(`#/r/${id}`);
  const edit = async (by) => {
    if (await doing(() => change(id, by))) saved();
    await ctx.again();
  };
  return page(t(`step_${name}`), [record.task.business.name, `#/r/${id}`],
    h("p", { class: "saved", id: "saved" }), ...STEPS[name](record, edit, ctx), onward(record, name));
}

function arrive(record, edit, ctx) {
  const { business } = record.task, at = record.presence;
  const come = (code) => {
    if (!isItsCode(code, business)) return doing(() => { throw new Error(t("other_code", { code })); });
    return edit((one) => { one.presence = { way: "scan", code: code.trim(), reason: "", at: isoNow() }; });
  };
  const code = h("input", { id: "code", autocomplete: "off", autocapitalize: "off", inputmode: "text", onkeydown: (key) => { if (key.key === "Enter") come(code.value); } });
  const reason = typed(h("input", { id: "reason", maxlength: TEXT_TOP, value: at?.way === "stated" ? at.reason : "" }), (text) =>
    change(record.client_id, (one) => { one.presence = text.trim() ? { way: "stated", code: "", reason: text.trim(), at: isoNow() } : null; }));
  return [
    at && notice("good", h("p", { id: "here" }, state("accepted", "✓", t(at.way === "scan" ? "here_scanned" : "here_stated")))),
    scanner(ctx, come),
    field(t("type_code"), code, t("type_code_hint")),
    button(t("confirm_code"), () => come(code.value), "button--quiet button--wide", { id: "come" }),
    field(t("stated"), reason, t("stated_hint")),
  ];
}

function shown(record, edit) {
  return [
    h("p", {}, t("shown_why")),
    ...["lead", "second"].filter((who) => record.task[who]).map((who) => {
      const one = record.task[who];
      return h("section", { class: "badge", "aria-label": t(who) }, h("p", { class: "badge__what" }, t("certificate")), h("h2", {}, one.name), h("p", { class: "badge__number" }, one.certificate || "–"),
        tick(t("was_shown"), record.shown[who], (event) => edit((now) => { now.shown[who] = event.target.checked; }), { id: `shown-${who}` }));
    }),
  ];
}

function outcome(record, edit) {
  const pick = (name) => edit((one) => { one.outcome = name; });
  const words = h("textarea", { id: "note", rows: 4, maxlength: TEXT_TOP }, record.note);
  return [
    h("div", { class: "choices", role: "group", "aria-label": t("step_outcome") }, OUTCOMES.map((one) =>
      h("button", { type: "button", class: "choice", id: `outcome-${one}`, "aria-pressed": String(record.outcome === one), onclick: () => pick(one) }, t(`outcome_${one}`)))),
    field(t("note"), typed(words, (text) => change(record.client_id, (one) => { one.note = text; })), record.outcome && record.outcome !== "inspected" ? t("note_needed") : ""),
  ];
}

function earlier(record, edit) {
  const set = (finding, mended) => edit((one) => {
    one.earlier = one.earlier.filter((said) => said.finding !== finding).concat({ finding, mended, text: "" });
  });
  return record.task.open.map((one) => {
    const said = record.earlier.find((known) => known.finding === one.finding);
    const choice = (mended) => h("button", { type: "button", class: "choice", id: `mended-${one.finding}-${mended}`, "aria-pressed": String(said?.mended === mended), onclick: () => set(one.finding, mended) }, t(mended ? "mended" : "not_mended"));
    return h("section", { class: "card", role: "group", "aria-label": one.text }, h("p", {}, one.text), one.due && h("p", { class: "hint" }, t("due", { day: one.due })), h("div", { class: "choices choices--row" }, choice(true), choice(false)));
  });
}

// Managers are drawn by the phone's own chance, so that nobody chooses who is asked.
function drawn(managers) {
  const top = 2 ** 32 - (2 ** 32 % managers.length);
  const number = () => crypto.getRandomValues(new Uint32Array(1))[0];
  let one = number();
  while (one >= top) one = number();
  return managers[one % managers.length];
}

function exam(record, edit) {
  const left = record.task.business.managers.filter((one) => !record.exam.some((said) => said.person === one.id));
  const draw = () => edit((one) => { const who = drawn(left); one.exam.push({ person: who.id, name: who.name, asked: null, right: null }); });
  const number = (place, key) => h("input", { type: "number", min: 0, max: 100, inputmode: "numeric", id: `exam-${place}-${key}`, value: record.exam[place][key] ?? "", onchange: (event) => edit((one) => { one.exam[place][key] = event.target.value === "" ? null : Number(event.target.value); }) });
  return [
    h("p", {}, t("exam_why")),
    record.exam.map((one, place) => h("section", { class: "card", "aria-label": one.name }, h("h2", {}, one.name), field(t("asked"), number(place, "asked")), field(t("right"), number(place, "right")))),
    left.length && record.exam.length < (record.rules.exam_people ?? 1) ? button(t("draw_manager", { n: left.length }), draw, "button--quiet button--wide", { id: "draw" }) : null,
  ];
}

function outcomes(record, edit) {
  const byRule = results(record.outcome, foundIn(record), []), all = resultsOf(record);
  const items = Object.fromEntries(itemsOf(record).map((one) => [one.id, one]));
  return [
    h("h2", {}, t("by_rule")), h("ul", { id: "results" }, all.map((one) => h("li", { "data-result": one }, t(`result_${one}`)))),
    foundIn(record).length ? [h("h2", {}, t("follows")), h("ul", {}, foundIn(record).map((one) => h("li", {}, `${items[one.item].zh}：${t(`way_${one.way}`)}`)))] : null,
    h("details", { id: "more-results" }, h("summary", {}, t("more_results")), RESULTS.filter((one) => one !== "NO_PROBLEM" && !byRule.includes(one)).map((one) =>
      tick(t(`result_${one}`), record.results.includes(one), (event) => edit((now) => { now.results = now.results.filter((x) => x !== one).concat(event.target.checked ? one : []); }), { id: `result-${one}` }))),
    tick(t("danger"), record.danger, (event) => edit((one) => { one.danger = event.target.checked; }), { id: "danger" }),
  ];
}
