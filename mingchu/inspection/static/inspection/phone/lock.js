// One sender at a time on this phone, whatever number of tabs: Web Locks, or a lease in the store.

import { ask, within } from "./store.js";

const NAME = "mingchu-phone-sender", LEASE_MS = 60_000, RENEW_MS = 15_000, ASK_MS = 1_000;
const me = crypto.randomUUID();

async function leased(until) {
  return within(["meta"], "readwrite", async ({ meta }) => {
    const held = (await ask(meta.get("lease")))?.value;
    if (held && held.holder !== me && held.until > Date.now()) return false;
    await ask(meta.put({ name: "lease", value: { holder: me, until } }));
    return true;
  });
}

async function byLease(act) {
  while (!(await leased(Date.now() + LEASE_MS))) await new Promise((done) => { setTimeout(done, ASK_MS); });
  const renewing = setInterval(() => leased(Date.now() + LEASE_MS), RENEW_MS);
  try {
    return await act();
  } finally {
    clearInterval(renewing);
    await leased(0);
  }
}

// Waits until no other tab sends, then acts; what the other has sent is then no longer waiting.
export const alone = (act) => (navigator.locks ? navigator.locks.request(NAME, act) : byLease(act));
