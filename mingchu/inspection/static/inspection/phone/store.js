// IndexedDB, and no more of it than is used here. What is written is on the disk when it is said to be.

const NAME = "mingchu-phone", EDITION = 1;
const STORES = {
  people: { keyPath: "id" },
  packs: { keyPath: "person" },
  records: { keyPath: "client_id" },
  blobs: { keyPath: "key" },
  log: { autoIncrement: true },
  meta: { keyPath: "name" },
};
const INDEXES = { records: ["person"], blobs: ["record"] };

export const ask = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

let opened = null;
function database() {
  opened ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, EDITION);
    request.onupgradeneeded = () => build(request.result);
    request.onsuccess = () => {
      // Another tab with a newer edition must not wait for this one.
      request.result.onversionchange = () => { request.result.close(); opened = null; };
      done(request.result);
    };
    request.onerror = () => { opened = null; fail(request.error); };
  });
  return opened;
}

function build(db) {
  for (const [name, options] of Object.entries(STORES)) {
    const store = db.createObjectStore(name, options);
    for (const field of INDEXES[name] ?? []) store.createIndex(field, field);
  }
}

// One transaction: `act` gets the stores by name and may await nothing but `ask`. All of it or nothing.
export async function within(names, mode, act) {
  const db = await database();
  const change = db.transaction(names, mode, { durability: "strict" });
  const ended = new Promise((done, fail) => {
    change.oncomplete = () => done();
    change.onabort = () => fail(change.error ?? new DOMException("aborted", "AbortError"));
  });
  ended.catch(() => {});
  const at = Object.fromEntries(names.map((name) => [name, change.objectStore(name)]));
  let result;
  try {
    result = await act(at);
  } catch (why) {
    try { change.abort(); } catch { /* it has ended already */ }
    throw change.error ?? why;
  }
  await ended;
  return result;
}

export const get = (name, key) => within([name], "readonly", (at) => ask(at[name].get(key)));
export const all = (name) => within([name], "readonly", (at) => ask(at[name].getAll()));
export const put = (name, value) => within([name], "readwrite", (at) => ask(at[name].put(value)));
export const where = (name, field, value) =>
  within([name], "readonly", (at) => ask(at[name].index(field).getAll(value)));

export async function remembered(name, otherwise = null) {
  return (await get("meta", name))?.value ?? otherwise;
}
export const remember = (name, value) => put("meta", { name, value });

// What happened on this phone, for whoever asks later; the last few hundred lines.
const LINES = 400;
export function note(what, facts = {}) {
  return within(["log"], "readwrite", async ({ log }) => {
    const key = await ask(log.add({ at: new Date().toISOString(), what, ...facts }));
    if (key > LINES) log.delete(IDBKeyRange.upperBound(key - LINES));
  });
}
