// The texts, in both languages; the server put them into the shell out of its own catalogue.

const texts = JSON.parse(document.getElementById("words").textContent);
const CHOSEN = "mingchu-phone-language";
const known = (name) => (name in texts ? name : null);
let chosen = known(localStorage.getItem(CHOSEN)) ?? known(document.documentElement.dataset.language) ?? "zh-hans";

export const language = () => chosen;
export const others = () => Object.keys(texts).filter((one) => one !== chosen);
export function speak(name) {
  chosen = name;
  localStorage.setItem(CHOSEN, name);
  mark();
}
export function mark() {
  document.documentElement.lang = chosen === "zh-hans" ? "zh-Hans-CN" : chosen;
}
export function t(key, facts = {}) {
  return texts[chosen][key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}
export const unitOf = (unit) => texts[chosen][`unit_${unit || "none"}`] ?? unit;
export const either = (named) => (chosen === "zh-hans" ? named.zh : named.en || named.zh);

const two = (number) => String(number).padStart(2, "0");
export function dayOf(moment) {
  const at = new Date(moment);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
export function timeOf(moment) {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}
export const momentOf = (moment) => `${dayOf(moment)} ${timeOf(moment)}`;

// The phone's clock with its offset, as the records carry it.
export function isoNow(now = new Date()) {
  const east = -now.getTimezoneOffset(), far = Math.abs(east);
  const local = new Date(now.getTime() + east * 60_000).toISOString().slice(0, -1);
  return `${local}${east < 0 ? "-" : "+"}${two(Math.floor(far / 60))}:${two(far % 60)}`;
}
export function sizeOf(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
