// What the pages share: a frame, the marks of states, an act that is done or says why not.

import { h, link, say, state, unwarn, warn } from "./dom.js";
import { recordOf, Sealed } from "./keeping.js";
import { Offline, Refused } from "./api.js";
import { note } from "./store.js";
import { t, timeOf } from "./words.js";

export const page = (title, back, ...inside) => [
  back && h("p", { class: "back" }, link(`‹ ${back[0]}`, back[1])),
  h("h1", { id: "title", tabindex: "-1" }, title),
  ...inside,
];
export const empty = (what, fix) => h("div", { class: "empty" }, h("p", {}, h("strong", {}, what)), fix && h("p", {}, fix));
export const notice = (kind, ...inside) => h("div", { class: `notice notice--${kind}` }, ...inside);

const ICONS = { open: "✎", held: "▣", sending: "↑", accepted: "✓", conflict: "!", set_aside: "–" };
export const stateOf = (record) => state(record.state, ICONS[record.state], t(`state_${record.state}`));

// The record, if it is the person's own; else null.
export async function own(ctx, id) {
  const record = await recordOf(id);
  return record?.person === ctx.person?.id ? record : null;
}
export const notOwn = () => page(t("not_yours"), [t("today"), "#/"], empty(t("not_yours_why"), t("not_yours_fix")));

export function saved() {
  const mark = document.getElementById("saved");
  const text = t("saved", { at: timeOf(Date.now()) });
  if (mark) mark.textContent = `✓ ${text}`;
  say(text);
}

// True where it was done. What is in the phone stays as it was where it was not.
export async function doing(act) {
  unwarn();
  try {
    await act();
    return true;
  } catch (why) {
    const [what, fix] = said(why);
    warn(what, fix);
    if (!(why instanceof Offline || why instanceof Refused)) note("failed", { why: String(why) }).catch(() => {});
    return false;
  }
}

function said(why) {
  if (why instanceof Refused) return [why.problem.why || t("refused"), why.problem.fix];
  if (why instanceof Offline) return [t("offline"), t("offline_fix")];
  if (why instanceof Sealed) return [t("is_sealed"), t("is_sealed_fix")];
  if (why?.name === "QuotaExceededError") return [t("disk_full"), t("disk_full_fix")];
  return [t("failed"), String(why?.message ?? why)];
}

// Text is kept while it is typed, shortly after the last key, and at once when the field is left.
const PAUSE_MS = 400;
export function typed(control, keep) {
  let timer = 0, last = control.value;
  const now = async () => {
    clearTimeout(timer);
    if (control.value === last) return;
    last = control.value;
    if (await doing(() => keep(control.value))) saved();
  };
  control.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(now, PAUSE_MS); });
  control.addEventListener("change", now);
  return control;
}
