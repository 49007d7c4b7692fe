// The checklist: one item per card, its law one tap away, each answer kept at once.

import { button, field, h, link, state } from "./dom.js";
import { doing, notOwn, own, page, saved, typed } from "./frame.js";
import { bytesOf, change, dropFile, keepFile } from "./keeping.js";
import { serverNow } from "./pack.js";
import { DATED, follows } from "./outcome.js";
import { isOut, isOver, itemsOf, tally, TEXT_TOP } from "./record.js";
import { dayOf, either, isoNow, t, unitOf } from "./words.js";

const VERDICTS = ["met", "unmet", "na"];
const ICONS = { met: "✓", unmet: "✗", na: "–" };

export async function item(ctx, id, number) {
  const record = await own(ctx, id);
  if (!record) return notOwn();
  if (record.state !== "open") return ctx.go(`#/r/${id}`);
  const items = itemsOf(record), place = Math.min(Math.max(Number(number), 1), items.length) - 1, one = items[place];
  const card = new Card(ctx, record, one);
  const count = tally(record), last = place === items.length - 1;
  return page(either(one), [record.task.business.name, `#/r/${id}`],
    h("p", { class: "progress" }, h("progress", { max: count.all, value: count.answered, "aria-label": t("progress") }),
      h("span", {}, t("progress_said", { n: place + 1, answered: count.answered, all: count.all }))),
    card.about(), h("p", { class: "saved", id: "saved" }), card.verdicts(), card.unmet(), card.measure(), await card.photos(), card.words(),
    h("nav", { class: "turn", "aria-label": t("turn") },
      place ? link(t("previous"), `#/r/${id}/item/${place}`, "button button--quiet") : null,
      last ? link(t("to_list"), `#/r/${id}/list`, "button button--main") : link(t("next"), `#/r/${id}/item/${place + 2}`, "button button--main")),
    h("p", {}, link(t("all_items"), `#/r/${id}/list`)));
}

class Card {
  constructor(ctx, record, item) {
    Object.assign(this, { ctx, record, item, answer: record.answers[item.id] ?? {} });
  }

  // Edits this answer, keeps it, and shows the card anew where what it shows depends on it.
  async edit(by, again = true) {
    const kept = await doing(() => this.keep(by));
    if (kept && again) await this.ctx.again();
    if (kept) saved();
  }
  keep(by) {
    return change(this.record.client_id, (record) => {
      const answer = record.answers[this.item.id] ??= {};
      by(answer);
      answer.at = isoNow();
    });
  }

  about() {
    const { item, record } = this, last = record.task.last?.verdicts[item.id];
    return [
      h("p", {}, h("span", { class: item.weight === "key" ? "tag tag--key" : "tag" }, t(item.weight === "key" ? "key" : "general"))),
      last && h("p", { class: "hint" }, t("last_time", { day: record.task.last.day, verdict: t(last) })),
      h("details", { class: "law", id: "law" }, h("summary", {}, t("law")), h("p", {}, `《${item.law}》${item.article}`), item.number && h("p", { class: "hint" }, item.number), item.status && h("p", { class: "hint" }, t(`law_${item.status}`))),
    ];
  }

  verdicts() {
    return h("div", { class: "choices choices--row", role: "group", "aria-label": t("verdict") }, VERDICTS.map((one) =>
      h("button", { type: "button", class: `choice choice--${one}`, id: `verdict-${one}`, "aria-pressed": String(this.answer.verdict === one), onclick: () => this.edit((answer) => { answer.verdict = one; }) },
        h("span", { "aria-hidden": "true" }, ICONS[one]), " ", t(one))));
  }

  unmet() {
    if (this.answer.verdict !== "unmet") return null;
    const slight = this.item.weight !== "key";
    const pick = (affects) => this.edit((answer) => { answer.affects = affects; });
    return h("section", { class: "card" }, h("h2", {}, t("affects")),
      h("div", { class: "choices choices--row", role: "group", "aria-label": t("affects") }, ["yes", "no", ...(slight ? ["slight"] : [])].map((one) =>
        h("button", { type: "button", class: "choice", id: `affects-${one}`, "aria-pressed": String(this.answer.affects === one), onclick: () => pick(one) }, t(`affects_${one}`)))),
      this.answer.affects ? this.consequence() : null);
  }

  consequence() {
    const way = follows(this.item, this.answer), today = dayOf(serverNow(this.ctx.pack));
    const fix = (more) => (answer) => { answer.fix = { ...answer.fix, ...more }; };
    const pick = (one) => this.edit(fix({ way: one }));
    const days = this.record.rules.correct_days_top, top = days && dayOf(Date.parse(today) + days * 86_400_000);
    return [
      this.answer.affects === "slight" && h("div", { class: "choices choices--row", role: "group", "aria-label": t("how") }, ["on_spot", "by"].map((one) =>
        h("button", { type: "button", class: "choice", id: `fix-${one}`, "aria-pressed": String(this.answer.fix?.way === one), onclick: () => pick(one) }, t(`way_${one}`)))),
      h("p", { class: "follows", id: "follows", "data-way": way }, h("strong", {}, t(`way_${way}`)), " ", t(`why_${way}`)),
      DATED.includes(way) && field(t("due_day"), h("input", { type: "date", id: "due", min: today, max: top || null, value: this.answer.fix?.due ?? "", onchange: (event) => this.edit(fix({ due: event.target.value }), false) })),
    ];
  }

  measure() {
    const { item, answer } = this;
    if (item.evidence !== "measure" && !item.unit) return null;
    const today = dayOf(serverNow(this.ctx.pack)), tools = this.ctx.pack?.body.instruments ?? [];
    const out = answer.measure?.value != null && isOut(item, answer.measure.value);
    const value = (text) => this.edit((now) => { now.measure = { ...now.measure, value: text === "" ? null : Number(text) }; });
    const choose = (number) => {
      const tool = tools.find((one) => one.number === number);
      if (tool && isOver(tool, today)) {
        return doing(() => { throw new Error(t("calibration_over", { name: tool.name, day: tool.calibrated_until })); }).then(() => this.ctx.again());
      }
      return this.edit((now) => { now.measure = { ...now.measure, instrument: number }; });
    };
    return h("section", { class: "card" }, h("h2", {}, t("measure")),
      field(t("value", { unit: unitOf(item.unit) }), h("input", { type: "number", step: "any", inputmode: "decimal", id: "value", value: answer.measure?.value ?? "", onchange: (event) => value(event.target.value) }), t("range", { from: item.from ?? "–", to: item.to ?? "–" })),
      out && h("p", { class: "out", id: "out" }, state("conflict", "!", t("out_of_range"))),
      field(t("instrument"), h("select", { id: "instrument", onchange: (event) => choose(event.target.value) },
        h("option", { value: "" }, t("choose")),
        tools.map((one) => h("option", { value: one.number, selected: answer.measure?.instrument === one.number }, `${one.name} ${one.number}${isOver(one, today) ? ` · ${t("over", { day: one.calibrated_until })}` : ""}`)))));
  }

  async photos() {
    const { record, item } = this;
    const mine = record.blobs.filter((one) => one.role === "photo" && one.item === item.id);
    const take = async (event) => {
      for (const file of event.target.files) {
        if (!(await doing(() => keepFile(record.client_id, file, { role: "photo", item: item.id })))) break;
      }
      await this.ctx.again();
      saved();
    };
    const away = (key) => doing(() => dropFile(record.client_id, key)).then(() => this.ctx.again()).then(saved);
    return h("section", { class: "photos", "aria-label": t("photos") },
      h("label", { class: "button button--quiet button--wide" }, t(item.evidence === "photo" ? "take_needed" : "take"),
        h("input", { type: "file", accept: "image/*", capture: "environment", multiple: true, id: "photo", class: "visually-hidden", onchange: take })),
      h("ul", { class: "thumbs" }, await Promise.all(mine.map(async (one, place) => h("li", {},
        h("img", { src: this.ctx.address(one, await bytesOf(one.key)), alt: t("photo_n", { n: place + 1 }), loading: "lazy" }),
        button(t("remove"), () => away(one.key), "button--quiet", { "aria-label": t("remove_n", { n: place + 1 }) }))))));
  }

  words() {
    const text = h("textarea", { id: "text", rows: 3, maxlength: TEXT_TOP }, this.answer.text ?? "");
    return field(t("what_found"), typed(text, (said) => this.keep((answer) => { answer.text = said; })));
  }
}

// All items, to jump; the rest of a group at once.
export async function list(ctx, id) {
  const record = await own(ctx, id);
  if (!record) return notOwn();
  const items = itemsOf(record), count = tally(record);
  const rest = (group) => doing(async () => {
    await change(id, (now) => {
      for (const one of items) if (one.group === group && !now.answers[one.id]?.verdict) now.answers[one.id] = { ...now.answers[one.id], verdict: "met", at: isoNow() };
    });
  }).then(() => ctx.again()).then(saved);
  return page(t("step_items"), [record.task.business.name, `#/r/${id}`],
    h("p", {}, t("tally", count)), h("p", { class: "saved", id: "saved" }),
    record.list.groups.filter((group) => items.some((one) => one.group === group.id)).map((group) => h("section", {},
      h("h2", {}, either(group)),
      h("ol", { class: "jump" }, items.map((one, place) => one.group === group.id && h("li", { value: place + 1 },
        link(either(one), `#/r/${id}/item/${place + 1}`), " ", mark(record.answers[one.id])))),
      record.state === "open" && items.some((one) => one.group === group.id && !record.answers[one.id]?.verdict)
        ? button(t("rest_met"), () => rest(group.id), "button--quiet button--wide", { id: `rest-${group.id}` }) : null)),
    link(t("go_on"), `#/r/${id}`, "button button--wide button--main"));
}
const mark = (answer) => (answer?.verdict
  ? state({ met: "accepted", unmet: "conflict", na: "set_aside" }[answer.verdict], ICONS[answer.verdict], t(answer.verdict))
  : state("todo", "○", t("unanswered")));

