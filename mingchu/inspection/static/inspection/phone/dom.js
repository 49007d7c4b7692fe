// Elements from plain calls; text is always text, never markup.

export function h(name, given = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in PROPERTIES) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.flat(3).filter((one) => one != null && one !== false && one !== ""));
  return element;
}
const PROPERTIES = { value: 1, checked: 1, disabled: 1, srcObject: 1 };

let numbers = 0;
// A label and its control, told apart from all others of the page.
export function field(label, control, hint = "") {
  control.id ||= `f${(numbers += 1)}`;
  const told = hint && h("p", { class: "hint", id: `${control.id}-hint` }, hint);
  if (told) control.setAttribute("aria-describedby", told.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), told, control);
}
export function tick(label, checked, onchange, more = {}) {
  return h("label", { class: "tick" }, h("input", { type: "checkbox", checked, onchange, ...more }), h("span", {}, label));
}
export const button = (label, onclick, kind = "", more = {}) =>
  h("button", { type: "button", class: `button ${kind}`.trim(), onclick, ...more }, label);
export const link = (label, href, kind = "") => h("a", { href, class: kind || null }, label);
// Icon, word and colour: never colour alone.
export const state = (kind, icon, word) => h("span", { class: `state state--${kind}` }, h("span", { class: "state__icon", "aria-hidden": "true" }, icon), word);
export const facts = (...rows) =>
  h("dl", { class: "facts" }, rows.filter((row) => row && row[1]).map(([term, said]) => h("div", {}, h("dt", {}, term), h("dd", {}, said))));

// Said once to whoever listens instead of looking.
export function say(text) {
  const told = document.getElementById("told");
  told.textContent = "";
  requestAnimationFrame(() => { told.textContent = text; });
}
// What went wrong and how to mend it, above the page until the next step.
export function warn(why, fix = "") {
  document.getElementById("warnings").replaceChildren(h("div", { class: "notice notice--bad", role: "alert" }, h("strong", {}, why), fix && h("p", {}, fix)));
}
export const unwarn = () => document.getElementById("warnings").replaceChildren();
