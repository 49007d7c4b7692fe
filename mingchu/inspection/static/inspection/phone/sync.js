// Sends what waits: files first, by digest, then the record. Each step is on the disk before it is
// taken, so that a phone that dies goes on where it was, and nothing arrives twice.

import { call, json, Offline, Refused, refusedBy, sends } from "./api.js";
import { forgetPhotos, forgetRecord, recordOf, recordsOf, rewrite, tell } from "./keeping.js";
import { alone } from "./lock.js";
import { packOf } from "./pack.js";
import { people, revoked } from "./people.js";
import { afterAnswer, afterFailure, ENDED, isDue, isMirrorDue, isStale, recovered } from "./queue.js";
import { bodyOf } from "./record.js";
import { all, get, note } from "./store.js";
import { isoNow } from "./words.js";

const PIECE_BYTES = 1024 * 1024, AT_ONCE = 2, ROUNDS = 3;

let running = null, wanted = false;
// Of everybody who has a token here, whoever holds the phone. Asked for while it runs, it runs again:
// the network may have come back after a try that was about to fail.
export function flush({ forced = false } = {}) {
  wanted ||= forced;
  running ??= rounds().finally(() => { running = null; });
  return running;
}

async function rounds() {
  do {
    const forced = wanted;
    wanted = false;
    await alone(async () => {
      for (const person of await people()) await sendAllOf(person, forced);
    });
  } while (wanted);
  tell();
}

// How long until something is to be tried again, null if nothing is.
export async function nextIn() {
  const alive = new Set((await people()).filter((one) => !one.dead).map((one) => one.id));
  const times = (await all("records")).filter((one) => one.state === "held" && alive.has(one.person)).map((one) => one.next_at ?? 0);
  return times.length ? Math.max(Math.min(...times) - Date.now(), 0) : null;
}

async function sendAllOf(person, forced) {
  const records = await recordsOf(person.id);
  for (const one of records) if (one.state === "sending") await rewrite(one.client_id, recovered);
  if (person.dead) return;
  const waiting = records.map(recovered).filter((one) => isDue(one, Date.now(), forced));
  waiting.sort((a, b) => (a.sealed_at < b.sealed_at ? -1 : 1));
  const open = records.filter((one) => isMirrorDue(one, Date.now()));
  try {
    for (const one of waiting) await send(person, one.client_id);
    for (const one of open) await mirror(person, one.client_id);
    for (const one of records) await look(person, one);
  } catch (why) {
    if (!(why instanceof Offline || why instanceof Refused)) throw why; // what it means stands in the record
  }
}

// A sealed record; a refusal stops it alone, a broken line or a dead token the whole round.
async function send(person, id) {
  await rewrite(id, (record) => (record.state === "held" ? { ...record, state: "sending" } : null));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await sendBlobs(person, id);
      const record = await stamp(id);
      const answer = await putRecord(person, record, record.body);
      const after = await rewrite(id, (one) => afterAnswer(one, answer, Date.now()));
      if (after.state !== "held") return await ended(after);
      if (!after.missing.length) break; // whole, but the PIN is locked for a while
      await unsend(id, answer.missing);
    }
    await rewrite(id, (one) => afterFailure(one, null, Date.now()));
  } catch (why) {
    const problem = why instanceof Refused ? why.problem : null;
    await rewrite(id, (one) => afterFailure(one, problem, Date.now()));
    if (problem) await note("refused", { record: id, code: problem.code });
    if (!problem || problem.status === 401) throw await dying(person, why);
  }
}

async function dying(person, why) {
  if (why.problem?.status === 401) await revoked(person);
  return why;
}

async function ended(record) {
  await note(record.state, { record: record.client_id });
  await forgetPhotos(record.client_id);
}

const putRecord = (person, record, body) =>
  json(`/api/v1/inspections/${record.client_id}/${record.revision}`, { token: person.token, ...sends("PUT", body) });

// Nothing else of a sealed body changes: the server knows it by the rest.
const stamp = (id) => rewrite(id, (one) => ({ ...one, body: { ...one.body, sent_at: isoNow() } }));

// Which files are there stands in the record: to write it beside the bytes would write them again.
const marked = (isMeant, sent) => (record) =>
  ({ ...record, blobs: record.blobs.map((one) => (isMeant(one) ? { ...one, sent } : one)) });
const unsend = (id, missing) => rewrite(id, marked((one) => missing.includes(one.sha256), false));

async function sendBlobs(person, id) {
  const waiting = (await recordOf(id)).blobs.filter((one) => !one.sent).map((one) => one.key);
  const line = async () => {
    for (let key = waiting.shift(); key; key = waiting.shift()) {
      await sendBlob(person, key);
      await rewrite(id, marked((one) => one.key === key, true));
    }
  };
  const lines = await Promise.allSettled(Array.from({ length: AT_ONCE }, line));
  const broken = lines.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
}

// Goes on where an earlier try broke off.
async function sendBlob(person, key) {
  const blob = await get("blobs", key);
  if (!blob) return; // taken out meanwhile
  const path = `/api/v1/blobs/${blob.sha256}`, size = blob.bytes.byteLength;
  const asked = await call(path, { token: person.token, method: "HEAD" });
  if (!asked.ok && asked.status !== 404) throw await refusedBy(asked);
  let start = asked.ok ? Number(asked.headers.get("Upload-Offset")) : 0;
  while (start < size) {
    const end = Math.min(start + PIECE_BYTES, size);
    const headers = { "Content-Type": blob.type, "Content-Range": `bytes ${start}-${end - 1}/${size}` };
    const answer = await call(path, { token: person.token, method: "PUT", headers, body: blob.bytes.slice(start, end) });
    if (!answer.ok) throw await refusedBy(answer);
    const { received } = await answer.json().catch((why) => { throw new Offline(String(why)); });
    if (received <= start) throw new Offline("no progress");
    start = received;
  }
}

// A copy of an open record, so that a lost phone is not a lost morning. Each has a revision of its own.
async function mirror(person, id) {
  const about = await aboutPhone(person);
  const record = await rewrite(id, (one) => {
    if (one.state !== "open") return null;
    return { ...one, revision: one.revision + 1, mirrored_at: Date.now(), mirroring: one.changed };
  });
  if (!record) return;
  const body = { ...bodyOf(record, { sealed: false, ...about }), sent_at: isoNow() };
  try {
    await putRecord(person, record, body);
    await rewrite(id, (one) => ({ ...one, mirrored: record.mirroring }));
    await sendBlobs(person, id);
  } catch (why) {
    if (!(why instanceof Refused) || why.problem.status === 401) throw await dying(person, why);
    await note("mirror refused", { record: id, code: why.problem.code });
  }
}

const aboutPhone = async (person) => ({ device: person.device || "", clock: (await packOf(person.id))?.clock });

// What became of a conflict; accepted records leave the phone after some days.
async function look(person, record) {
  if (isStale(record, Date.now())) return void (await forgetRecord(record.client_id));
  if (record.state !== "conflict") return;
  const answer = await json(`/api/v1/inspections/${record.client_id}`, { token: person.token });
  if (ENDED.includes(answer.state)) await rewrite(record.client_id, (one) => afterAnswer(one, answer, Date.now()));
}

// Sealing: the body is made once, under the next revision, and never changes again but for its stamp.
export async function seal(id, person) {
  const at = isoNow();
  const about = await aboutPhone(person);
  return rewrite(id, (one) => {
    if (one.state !== "open") return null;
    const closed = { ...one, ended_at: at, sealed_at: at, state: "held", revision: one.revision + 1, answered: false, tries: 0, next_at: 0 };
    return { ...closed, body: bodyOf(closed, { sealed: true, ...about }) };
  });
}

