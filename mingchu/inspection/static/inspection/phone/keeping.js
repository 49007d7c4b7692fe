// Records and their files in the store. Each change reads the newest record, changes it and writes it
// in one transaction, so that two tabs and the sender never overwrite one another.

import { ask, get, where, within } from "./store.js";
import { ENDED } from "./queue.js";

export class Sealed extends Error {}

const channel = new BroadcastChannel("mingchu-phone");
export const news = new EventTarget();
channel.onmessage = () => news.dispatchEvent(new Event("change"));
export function tell() {
  news.dispatchEvent(new Event("change"));
  channel.postMessage("change");
}

export const recordsOf = (person) => where("records", "person", person);
export const recordOf = (id) => get("records", id);
export const bytesOf = async (key) => (await get("blobs", key))?.bytes ?? null;

async function open(at, id) {
  const record = await ask(at.records.get(id));
  if (!record || record.state !== "open") throw new Sealed();
  return record;
}

function stamped(record) {
  record.changed = (record.changed ?? 0) + 1;
  record.changed_at = new Date().toISOString();
  return record;
}

// An officer's change of an open record; what the sender writes goes through `rewrite`.
export async function change(id, edit) {
  const record = await within(["records"], "readwrite", async (at) => {
    const found = await open(at, id);
    edit(found);
    await ask(at.records.put(stamped(found)));
    return found;
  });
  tell();
  return record;
}

export async function rewrite(id, edit) {
  const record = await within(["records"], "readwrite", async (at) => {
    const found = await ask(at.records.get(id));
    const made = found && edit(found);
    if (made) await ask(at.records.put(made));
    return made;
  });
  tell();
  return record;
}

export const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");

// A file and its mention in the record are one transaction: a phone that dies between has neither.
export async function keepFile(id, file, { role, item = "", place = "" }) {
  const bytes = await file.arrayBuffer();
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const type = file.type || "application/octet-stream";
  const key = crypto.randomUUID();
  const said = { key, sha256, size: bytes.byteLength, type, role, item, place };
  const record = await within(["records", "blobs"], "readwrite", async (at) => {
    const found = await open(at, id);
    if (place) drop(at, found, (one) => one.place === place);
    await ask(at.blobs.put({ ...said, record: id, bytes }));
    found.blobs.push({ ...said, sent: false });
    mention(found, said);
    await ask(at.records.put(stamped(found)));
    return found;
  });
  tell();
  return record;
}

export async function dropFile(id, key) {
  const record = await within(["records", "blobs"], "readwrite", async (at) => {
    const found = await open(at, id);
    drop(at, found, (one) => one.key === key);
    await ask(at.records.put(stamped(found)));
    return found;
  });
  tell();
  return record;
}

function mention(record, { role, item, place, sha256 }) {
  if (role === "signature") record.signatures[place] = sha256;
  else ((record.answers[item] ??= {}).photos ??= []).push(sha256);
}

function drop(at, record, isMeant) {
  for (const one of record.blobs.filter(isMeant)) {
    at.blobs.delete(one.key);
    if (one.role === "signature") record.signatures[one.place] = null;
    else {
      const { photos } = record.answers[one.item];
      photos.splice(photos.indexOf(one.sha256), 1);
    }
  }
  record.blobs = record.blobs.filter((one) => !isMeant(one));
}

// Photos go once the server has all; signatures stay as long as the record, which prints with them.
export function forgetPhotos(id) {
  return within(["records", "blobs"], "readwrite", async (at) => {
    const record = await ask(at.records.get(id));
    if (!ENDED.includes(record?.state)) return;
    for (const one of record.blobs) if (one.role === "photo") at.blobs.delete(one.key);
  });
}

export function forgetRecord(id) {
  return within(["records", "blobs"], "readwrite", async (at) => {
    for (const key of await ask(at.blobs.index("record").getAllKeys(id))) at.blobs.delete(key);
    await ask(at.records.delete(id));
  });
}
