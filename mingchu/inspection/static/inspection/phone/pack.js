// The day pack: tasks, lists, open defects, instruments, prefetched so that no network is needed later.

import { call, Offline, refusedBy } from "./api.js";
import { get, note, put } from "./store.js";
import { isoNow } from "./words.js";
import { revoked } from "./people.js";

export const packOf = (person) => get("packs", person);

// Returns the pack in hand, newer or not; throws Offline and Refused.
export async function prefetch(person) {
  const held = await packOf(person.id);
  const headers = held?.etag ? { "If-None-Match": held.etag } : {};
  const begun = Date.now();
  const answer = await call("/api/v1/inspections/pack", { token: person.token, headers });
  const at = (begun + Date.now()) / 2;
  const said = Date.parse(answer.headers.get("X-Server-Time"));
  const clock = said ? { offset_ms: Math.round(at - said), measured_at: isoNow() } : held?.clock ?? { offset_ms: 0 };
  if (answer.status === 304) return keep({ ...held, clock, fetched_at: Date.now() });
  if (answer.status === 401) await revoked(person);
  if (!answer.ok) throw await refusedBy(answer);
  const body = await answer.json().catch((why) => { throw new Offline(String(why)); });
  await note("day pack", { person: person.id, tasks: body.tasks.length });
  return keep({ person: person.id, etag: answer.headers.get("ETag"), fetched_at: Date.now(), clock, body });
}

async function keep(pack) {
  await put("packs", pack);
  return pack;
}

// The clock of a demo city is its own.
export const isClockOff = (pack) => !pack.body.demo &&
  Math.abs(pack.clock.offset_ms) > (pack.body.rules.clock_minutes ?? 5) * 60_000;

// The server's day, by the phone's clock and how far it is off.
export const serverNow = (pack) => Date.now() - (pack?.clock.offset_ms ?? 0);
