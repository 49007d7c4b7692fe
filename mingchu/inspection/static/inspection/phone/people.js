// Whose phone this is: device tokens keyed by person, and who holds the phone now.

import { call, json, Offline, Refused, refusedBy, sends } from "./api.js";
import { all, ask, get, note, put, remember, remembered, within } from "./store.js";

export const people = () => all("people");
export async function current() {
  const id = await remembered("current");
  return id ? get("people", id) : null;
}

async function device() {
  const known = await remembered("device");
  if (known) return known;
  const made = crypto.randomUUID();
  await remember("device", made);
  return made;
}
const platform = () => /Android|iPhone|iPad|Windows|Mac|Linux/.exec(navigator.userAgent)?.[0] ?? "";

// Who is signed in on the web, null if nobody; throws Offline.
export async function signedIn() {
  const answer = await call("/i/me");
  if (answer.status === 401 || answer.status === 403) return null;
  if (!answer.ok) throw new Offline(String(answer.status));
  return answer.json();
}

// A token of this device for whoever is signed in; it opens the day pack and takes records, no more.
export async function register({ csrf }) {
  const body = { name: platform(), device: await device() };
  const said = await json("/i/device", sends("POST", body, { "X-CSRFToken": csrf }));
  const person = { ...said.person, device: body.name, token: said.token, expires: said.expires, dead: false };
  await put("people", person);
  await remember("current", person.id);
  await note("registered", { person: person.id });
  return person;
}

export async function revoked(person) {
  // A new token may have come while the old one was being refused.
  await within(["people"], "readwrite", async (at) => {
    const known = await ask(at.people.get(person.id));
    if (known?.token === person.token) await ask(at.people.put({ ...known, dead: true }));
  });
  await note("token refused", { person: person.id });
}

// Online: follows the web sign-in. A token that was refused is renewed by whoever it belongs to.
export async function settle() {
  const held = await current();
  let web;
  try { web = await signedIn(); } catch (why) { if (why instanceof Offline) return held; throw why; }
  if (!web || (await remembered("left")) === web.person.id) return held;
  const known = await get("people", web.person.id);
  if (known && !known.dead && Date.parse(known.expires) > Date.now()) {
    await remember("current", known.id);
    return known;
  }
  try {
    return await register(web);
  } catch (why) {
    if (why instanceof Offline || why instanceof Refused) return held;
    throw why;
  }
}

// The phone is nobody's until somebody signs in again; what waits stays and is still sent.
export async function leave() {
  await remember("current", null);
  try {
    const web = await signedIn();
    if (!web) return;
    const answer = await call("/logout/", { method: "POST", headers: { "X-CSRFToken": web.csrf } });
    if (!answer.ok) throw await refusedBy(answer);
  } catch (why) {
    if (!(why instanceof Offline || why instanceof Refused)) throw why;
  }
}
