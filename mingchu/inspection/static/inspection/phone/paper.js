// The papers from the phone itself: 现场检查笔录 and 监督检查结果记录表, printed or handed over as a file.

import { button, facts, h } from "./dom.js";
import { doing, notOwn, own, page } from "./frame.js";
import { hand } from "./handing.js";
import { bytesOf } from "./keeping.js";
import { wordOf } from "./outcome.js";
import { foundIn, itemsOf, resultsOf, tally } from "./record.js";
import { dayOf, either, language, momentOf, t, unitOf } from "./words.js";

export async function paper(ctx, id) {
  const record = await own(ctx, id);
  if (!record) return notOwn();
  const pictures = {};
  for (const one of record.blobs.filter((one) => one.role === "signature")) {
    const bytes = await bytesOf(one.key);
    if (bytes) pictures[one.place] = await dataOf(bytes, one.type);
  }
  const sheet = h("article", { class: "sheet", id: "sheet" }, minutes(record, pictures), form(record, pictures));
  const acts = h("div", { class: "apart" },
    button(t("print"), () => print(), "button--wide button--main", { id: "print" }),
    button(t("share"), () => doing(() => share(record, sheet)), "button--wide button--quiet", { id: "share" }));
  return page(t("paper"), [record.task.business.name, `#/r/${id}`], acts, sheet);
}

const dataOf = (bytes, type) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(new Blob([bytes], { type }));
});

const officers = ({ task }) => [task.lead, task.second].filter(Boolean).map((one) => `${one.name}（${one.certificate || "–"}）`).join("、");

function about(record) {
  const { task, presence } = record, { business } = task;
  return facts(
    [t("number"), task.number], [t("business"), business.name], [t("code"), business.code], [t("address"), business.address],
    [t("telephone"), business.phone],
    [t("licences"), business.licences.map((one) => `${one.title} ${one.number}`).join("；")],
    [t("type"), task.type_title], [t("department"), task.department], [t("notice"), task.notice?.number],
    [t("officers"), officers(record)],
    [t("time"), `${momentOf(record.started_at)} – ${record.ended_at ? momentOf(record.ended_at) : ""}`],
    [t("presence"), presence && (presence.way === "scan" ? t("here_scanned") : `${t("here_stated")}：${presence.reason}`)],
    [t("certificates"), record.shown.lead && record.shown.second ? t("both_shown") : ""],
    [t("outcome"), record.outcome && t(`outcome_${record.outcome}`)]);
}

function unmetRows(record) {
  const items = Object.fromEntries(itemsOf(record).map((one) => [one.id, one]));
  return foundIn(record).map(({ item, way }) => {
    const answer = record.answers[item], { measure } = answer;
    return h("tr", {},
      h("td", {}, either(items[item]), h("br"), h("small", {}, `《${items[item].law}》${items[item].article}`)),
      h("td", {}, answer.text || "–", measure ? ` ${measure.value} ${unitOf(items[item].unit)}（${measure.instrument}）` : ""),
      h("td", {}, t(`affects_${answer.affects ?? "no"}`)),
      h("td", {}, t(`way_${way}`), answer.fix?.due && way !== "case" && way !== "on_spot" ? ` ${t("due", { day: answer.fix.due })}` : ""));
  });
}

function unmetTable(record) {
  const rows = unmetRows(record);
  if (!rows.length) return h("p", {}, t("none_unmet"));
  return h("table", {}, h("thead", {}, h("tr", {}, ["item", "what_found", "affects", "follows"].map((one) => h("th", { scope: "col" }, t(one))))), h("tbody", {}, rows));
}

function signatures(record, pictures) {
  const row = (who, name) => h("div", { class: "signed" }, h("p", {}, `${t(who)} ${name}`), pictures[who] ? h("img", { alt: `${t("signature")} ${name}`, src: pictures[who] }) : h("p", { class: "line" }, " "));
  return h("section", { class: "signeds" }, row("lead", record.task.lead.name), record.task.second && row("second", record.task.second.name),
    record.refusal ? h("p", {}, t("refused_said", record.refusal)) : row("party", `${record.party.name} ${record.party.role}`),
    h("p", {}, record.ended_at ? dayOf(record.ended_at) : ""));
}

function minutes(record, pictures) {
  const count = tally(record);
  return h("section", { class: "leaf" }, h("h2", {}, t("minutes")), record.state === "open" && h("p", { class: "draft" }, t("draft")), about(record),
    record.outcome === "inspected" ? [h("h3", {}, t("facts")), h("p", {}, t("tally", count)), unmetTable(record)] : null,
    record.earlier.length ? [h("h3", {}, t("step_earlier")), h("ul", {}, record.task.open.map((one) => h("li", {}, `${one.text}：${t(record.earlier.find((said) => said.finding === one.finding)?.mended ? "mended" : "not_mended")}`)))] : null,
    record.exam.length ? [h("h3", {}, t("step_exam")), h("ul", {}, record.exam.map((one) => h("li", {}, t("exam_said", one))))] : null,
    record.note ? [h("h3", {}, t("note")), h("p", {}, record.note)] : null,
    h("h3", {}, t("statement")), h("p", {}, record.statement || t("no_statement")), signatures(record, pictures));
}

function form(record, pictures) {
  const items = itemsOf(record), count = tally(record), keys = items.filter((one) => one.weight === "key").length;
  const word = record.outcome === "inspected" ? wordOf(items, record.answers, record.rules.basic_pass_rate ?? 70) : null;
  return h("section", { class: "leaf" }, h("h2", {}, t("form")), record.state === "open" && h("p", { class: "draft" }, t("draft")),
    facts([t("business"), record.task.business.name], [t("code"), record.task.business.code], [t("address"), record.task.business.address],
      [t("officers"), officers(record)], [t("day"), dayOf(record.started_at)],
      record.outcome === "inspected" && [t("scope"), t("scope_said", { all: count.all, keys, general: count.all - keys, na: count.na })],
      [t("results"), resultsOf(record).map((one) => t(`result_${one}`)).join("；")],
      [t("word"), word && t(`word_${word}`)], [t("publish_by"), record.rules.publish_by]),
    record.outcome === "inspected" ? [h("h3", {}, t("unmet_items")), unmetTable(record)] : null,
    record.danger && h("p", {}, t("danger")), h("p", {}, t("remedy")), signatures(record, pictures));
}

// Complete in itself: pictures and style within, so that it opens anywhere without a network.
const STYLE = "body{font:16px/1.6 sans-serif;max-width:44rem;margin:1rem auto;padding:0 1rem}dl div{display:grid;grid-template-columns:9rem 1fr;border-top:1px solid #999}dd{margin:0}table{border-collapse:collapse;width:100%}td,th{border:1px solid #666;padding:.3rem;text-align:left;vertical-align:top}img{max-height:5rem}.leaf{break-after:page}";
function share(record, sheet) {
  const made = document.implementation.createHTMLDocument(`${t("minutes")} ${record.task.number}`);
  made.documentElement.lang = language();
  const meta = made.createElement("meta"), style = made.createElement("style");
  meta.setAttribute("charset", "utf-8");
  style.textContent = STYLE;
  made.head.prepend(meta);
  made.head.append(style);
  made.body.append(made.importNode(sheet, true));
  const text = `<!doctype html>\n${made.documentElement.outerHTML}`;
  return hand(new File([text], `${record.task.number}.html`, { type: "text/html" }));
}

