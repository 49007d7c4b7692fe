// Hands a file over: by the phone's share menu where there is one, else as a download.

import { h } from "./dom.js";
import { bytesOf, recordsOf } from "./keeping.js";
import { isUnsent } from "./queue.js";
import { bodyOf } from "./record.js";
import { isoNow } from "./words.js";
import { zipped } from "./zip.js";

export async function hand(file) {
  if (navigator.canShare?.({ files: [file] })) {
    try {
      return await navigator.share({ files: [file], title: file.name });
    } catch (why) {
      if (why.name === "AbortError") return undefined; // the officer changed his mind
    }
  }
  const address = URL.createObjectURL(file);
  const way = h("a", { href: address, download: file.name, hidden: true });
  document.body.append(way);
  way.click();
  way.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return undefined;
}

// All of a person's records that the server has not taken, with their files: the last resort.
export async function unsent(person) {
  const records = (await recordsOf(person.id)).filter(isUnsent);
  const files = [], put = (name, bytes) => files.push({ name, bytes });
  const text = (value) => new TextEncoder().encode(JSON.stringify(value, null, 1));
  const rows = [];
  for (const one of records) {
    const body = one.body ?? bodyOf(one, { sealed: false, device: person.device });
    rows.push({ client_id: one.client_id, revision: one.revision, sealed: body.sealed, visit: one.task.number });
    put(`records/${one.client_id}.json`, text({ client_id: one.client_id, revision: one.revision, body }));
    for (const { key, sha256 } of one.blobs) {
      const bytes = await bytesOf(key);
      if (bytes && !files.some((file) => file.name === `blobs/${sha256}`)) put(`blobs/${sha256}`, new Uint8Array(bytes));
    }
  }
  put("package.json", text({ format: "mingchu.unsent/1", person: person.id, device: person.device, made_at: isoNow(), records: rows }));
  return new File(zipped(files), `mingchu-unsent-${person.id}.zip`, { type: "application/zip" });
}
