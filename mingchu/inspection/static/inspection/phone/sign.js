// Statement, signatures, the second officer's PIN, and the sealing.

import { button, field, h, link, state } from "./dom.js";
import { doing, notice, notOwn, own, page, saved, typed } from "./frame.js";
import { bytesOf, change, keepFile } from "./keeping.js";
import { serverNow } from "./pack.js";
import { itemsOf, lacks, meetsSomebody, NAME_TOP, otherOf, TEXT_TOP } from "./record.js";
import { seal } from "./sync.js";
import { dayOf, either, t } from "./words.js";

const WIDE = 640, HIGH = 240;

export async function sign(ctx, id) {
  const record = await own(ctx, id);
  if (!record) return notOwn();
  if (record.state !== "open") return ctx.go(`#/r/${id}`);
  const keep = (by) => change(id, by);
  const text = (name, rows, get, set) => typed(h(rows ? "textarea" : "input", rows ? { id: name, rows, maxlength: TEXT_TOP } : { id: name, value: get, maxlength: NAME_TOP }, rows ? get : ""), (said) => keep((one) => set(one, said)));
  return page(t("step_sign"), [record.task.business.name, `#/r/${id}`],
    h("p", { class: "saved", id: "saved" }),
    h("p", {}, link(t("read_first"), `#/r/${id}/paper`)),
    field(t("statement"), text("statement", 4, record.statement, (one, said) => { one.statement = said; }), t("statement_hint")),
    await pad(ctx, record, "lead", `${t("lead")} ${record.task.lead.name}`),
    record.task.second && await pad(ctx, record, "second", `${t("second")} ${record.task.second.name}`),
    pin(ctx, record),
    meetsSomebody(record) ? [
      h("h2", {}, t("party")),
      field(t("party_name"), text("party-name", 0, record.party.name, (one, said) => { one.party.name = said; })),
      field(t("party_role"), text("party-role", 0, record.party.role, (one, said) => { one.party.role = said; })),
      await pad(ctx, record, "party", t("party")),
      h("details", { id: "refuses", open: !!record.refusal }, h("summary", {}, t("party_refuses")),
        field(t("refusal_reason"), text("refusal-reason", 0, record.refusal?.reason ?? "", (one, said) => refuse(one, { reason: said }))),
        field(t("refusal_witness"), text("refusal-witness", 0, record.refusal?.witness ?? "", (one, said) => refuse(one, { witness: said })))),
    ] : null,
    sealing(ctx, record));
}

function refuse(record, said) {
  const made = { reason: "", witness: "", ...record.refusal, ...said };
  record.refusal = made.reason.trim() || made.witness.trim() ? made : null;
}

// Drawn with a finger, or typed by whoever cannot: each is a picture of its own, under its own key.
async function pad(ctx, record, who, label) {
  const known = record.blobs.find((one) => one.place === who);
  const canvas = h("canvas", { width: WIDE, height: HIGH, class: "pad", id: `pad-${who}`, role: "img", "aria-label": label });
  const drawn = drawing(canvas);
  const keep = async () => {
    if (!drawn.any()) return doing(() => { throw new Error(t("sign_first")); });
    const file = await new Promise((done) => { canvas.toBlob(done, "image/png"); });
    const done = await doing(() => keepFile(record.client_id, file, { role: "signature", place: who }));
    await ctx.again();
    return done && saved();
  };
  const name = h("input", { id: `name-${who}`, autocomplete: "off" });
  return h("section", { class: "card", "aria-label": label }, h("h2", {}, label),
    known && h("p", {}, state("accepted", "✓", t("signed")), h("img", { class: "pad", alt: label, src: ctx.address(known, await bytesOf(known.key)) })),
    h("details", { open: !known }, h("summary", {}, t(known ? "sign_again" : "sign_here")), canvas,
      field(t("or_type"), name), h("div", { class: "choices choices--row" },
        button(t("write"), () => drawn.write(name.value), "button--quiet", { id: `write-${who}` }),
        button(t("clear"), drawn.clear, "button--quiet"),
        button(t("keep_signature"), keep, "", { id: `keep-${who}` }))));
}

function drawing(canvas) {
  const pen = canvas.getContext("2d");
  let any = false, last = null;
  const clear = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, WIDE, HIGH); any = false; };
  const place = (event) => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) * WIDE / box.width, (event.clientY - box.top) * HIGH / box.height]; };
  clear();
  pen.lineWidth = 5; pen.lineCap = "round"; pen.strokeStyle = "#16211e";
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); last = place(event); });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    pen.beginPath(); pen.moveTo(...last); pen.lineTo(...next); pen.stroke();
    [last, any] = [next, true];
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });
  const write = (name) => {
    clear();
    pen.fillStyle = "#16211e"; pen.font = "96px sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText(name.trim(), WIDE / 2, HIGH / 2, WIDE - 40);
    any = !!name.trim();
  };
  return { any: () => any, clear, write };
}

// The PIN is sealed for the server at once, bound to this record and person, and kept nowhere.
export async function sealedPin(pin, key, record) {
  const lock = await crypto.subtle.importKey("jwk", key.jwk, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const text = JSON.stringify({ pin, client_id: record.client_id, person: otherOf(record).id });
  const shut = await crypto.subtle.encrypt({ name: "RSA-OAEP" }, lock, new TextEncoder().encode(text));
  return { id: otherOf(record).id, kid: key.kid, seal: btoa(String.fromCharCode(...new Uint8Array(shut))) };
}

const hasPin = (ctx, record) => !!otherOf(record) && (ctx.pack?.body.people.find((one) => one.id === otherOf(record).id)?.has_pin ?? true);

function pin(ctx, record) {
  if (!hasPin(ctx, record)) return notice("warn", h("p", {}, t("no_pin", { name: otherOf(record)?.name ?? "" })));
  const box = h("input", { type: "password", inputmode: "numeric", autocomplete: "off", id: "pin" });
  const keep = async () => {
    const said = box.value;
    box.value = "";
    const done = await doing(async () => {
      if (!said) throw new Error(t("pin_first"));
      const second = await sealedPin(said, ctx.pack.body.key, record);
      await change(record.client_id, (one) => { one.second = second; one.alone = false; });
    });
    await ctx.again();
    return done && saved();
  };
  const alone = () => doing(() => change(record.client_id, (one) => { one.second = null; one.alone = true; })).then(() => ctx.again());
  return h("section", { class: "card", "aria-label": t("pin") }, h("h2", {}, t("pin_of", { name: otherOf(record).name })),
    record.second && h("p", { id: "pin-kept" }, state("accepted", "✓", t("pin_sealed"))),
    record.alone && h("p", {}, state("held", "!", t("pin_missing"))),
    field(t("pin"), box, t("pin_hint")), button(t("confirm"), keep, "button--wide", { id: "confirm" }),
    h("details", {}, h("summary", {}, t("pin_impossible")), h("p", {}, t("pin_impossible_why")), button(t("pin_without"), alone, "button--quiet")));
}

function sealing(ctx, record) {
  const day = dayOf(serverNow(ctx.pack));
  const lacking = lacks(record, { instruments: ctx.pack?.body.instruments ?? [], hasPin: hasPin(ctx, record), day });
  const items = itemsOf(record);
  const where = (one) => (one.item ? `#/r/${record.client_id}/item/${items.findIndex((item) => item.id === one.item) + 1}` : `#/r/${record.client_id}/${one.step}`);
  const name = (one) => [one.item && either(items.find((item) => item.id === one.item)), t(one.key)].filter(Boolean).join("：");
  const shut = async () => {
    const now = await own(ctx, record.client_id);
    if (lacks(now, { instruments: ctx.pack?.body.instruments ?? [], hasPin: hasPin(ctx, now), day }).length) return ctx.again();
    if (!(await doing(() => seal(record.client_id, ctx.person)))) return undefined;
    ctx.go(`#/r/${record.client_id}`);
    return ctx.flush(false);
  };
  return h("section", { class: "card", "aria-label": t("sealing") }, h("h2", {}, t("sealing")), h("p", {}, t("sealing_why")),
    lacking.length ? h("div", { id: "lacks" }, h("p", {}, h("strong", {}, t("lacks", { n: lacking.length }))),
      h("ul", {}, lacking.map((one) => h("li", { "data-lacks": one.key }, one.step === "sign" ? name(one) : link(name(one), where(one)))))) : null,
    button(t("seal"), shut, "button--wide button--main", { id: "seal" }));
}
