// The queue's rules, without network or store: which state follows, when to try again, what to tell.
// A record is open, held (in the phone, sealed), sending, accepted, conflict or set_aside.

export const ENDED = ["accepted", "conflict", "set_aside"];
export const HOUR = 3_600_000;
const FIRST_MS = 2_000, TOP_MS = 600_000;
export const MIRROR_MS = 30_000;
export const KEPT_MS = 7 * 24 * HOUR;

// Doubles from two seconds to ten minutes.
export const waitFor = (tries) => Math.min(FIRST_MS * 2 ** Math.max(tries - 1, 0), TOP_MS);

// What a tab that died left behind is held again.
export const recovered = (record) => (record.state === "sending" ? { ...record, state: "held" } : record);

export function isDue(record, now, forced) {
  return record.state === "held" && (forced || (record.next_at ?? 0) <= now);
}

// The server answered 200: {state, missing, conflicts, number}.
export function afterAnswer(record, answer, now) {
  const known = { ...record, answered: true, problem: null };
  if (ENDED.includes(answer.state)) {
    return { ...known, state: answer.state, missing: [], conflicts: answer.conflicts ?? [], ended: now, tries: 0 };
  }
  return { ...known, state: "held", missing: answer.missing ?? [], waits: !!answer.wait, next_at: now };
}

// Nobody answered (no problem), or the server said no; either way nothing is lost.
export function afterFailure(record, problem, now) {
  const tries = (record.tries ?? 0) + 1;
  const final = problem && problem.status < 500 && problem.status !== 429 && problem.status !== 401;
  // A refusal does not mend itself: it waits for the button, or for the next day.
  const next_at = now + (final ? 24 * HOUR : waitFor(tries));
  return { ...record, state: "held", tries, next_at, problem: problem ?? null };
}

// A mirror of an open record is sent when it changed, at most every half minute.
export function isMirrorDue(record, now) {
  const { changed = 0, mirrored = 0, mirrored_at = 0 } = record;
  return record.state === "open" && changed > mirrored && now - mirrored_at >= MIRROR_MS;
}

// How many of each state are one's own, and how many wait that are somebody else's.
export function counts(records, person) {
  const said = { open: 0, held: 0, sending: 0, accepted: 0, conflict: 0, set_aside: 0, others: 0 };
  for (const one of records) {
    if (one.person === person) said[one.state] += 1;
    else if (!ENDED.includes(one.state)) said.others += 1;
  }
  return said;
}

export const isUnsent = (record) => !ENDED.includes(record.state);
export function isLate(record, days, now) {
  return isUnsent(record) && now - Date.parse(record.started_at) > days * 24 * HOUR;
}
export const isStale = (record, now) => record.state === "accepted" && now - record.ended > KEPT_MS;
