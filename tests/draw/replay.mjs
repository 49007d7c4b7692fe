// A second implementation of fsdraw/1, written from docs/fsdraw.md alone: node replay.mjs FOLDER
// prints seed, drawn and tasks, as result.json has them.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const file = (name) => readFileSync(join(folder, name));
const plan = JSON.parse(file("plan.json"));
const H = (...parts) => {
  const hash = createHash(plan.algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const sha256 = (data) => createHash("sha256").update(data).digest();
const tag = Buffer.from("fsdraw/1\0");
const rows = (name) => file(name).toString().split("\n").slice(0, -1).map((line) => line.split("\t"));

const nonce = Buffer.from(file("nonce.txt").toString().trim(), "hex");
const frame = ["plan.json", "subjects.tsv", "inspectors.tsv", "recusals.tsv"];
const C = H(tag, "commit\0", ...frame.map((name) => H(file(name))), H(nonce));

const value = (seen) => {
  if (seen.kind === "drand") return sha256(Buffer.from(seen.signature, "hex"));
  if (seen.kind === "dice") return Buffer.from(seen.throws);
  if (seen.kind === "lottery")
    return Buffer.from(seen.results.map((all) => [...all].sort((a, b) => a - b).map((n) => `${n}.`).join("") + "/").join(""));
  return Buffer.concat(seen.shares.map((share) => Buffer.from(share.value, "hex")));
};
const values = JSON.parse(file("beacon.json")).map(value);
const B = values.length === 1 ? values[0] : Buffer.concat(values.map((one) => H(one)));
// A joint draw takes commitment and nonce of the draw that lends its seed.
const lead = plan.joint ? JSON.parse(file("joint.json")) : null;
const sealed = lead ? [Buffer.from(lead.commitment, "hex"), Buffer.from(lead.nonce, "hex")] : [C, nonce];
const S = H(tag, "seed\0", sealed[0], H(B), H(sealed[1]));

const ticket = (id, balls) => {
  const all = [];
  for (let j = 0; j < balls; j++) all.push(H(S, "S", id, Buffer.from([0, j >> 8, j & 255])).toString("hex"));
  return all.sort()[0];
};
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byAll = (a, b) => a.map((one, n) => byText(one, b[n])).find(Boolean) ?? 0;

const strata = new Map();
const subjects = new Map();
const certain = [];
for (const [id, district, kind, tier, balls, standing] of rows("subjects.tsv")) {
  subjects.set(id, { district, kind });
  const mine = { id, ticket: standing === "" || standing === "certain" ? ticket(id, +balls) : "" };
  if (standing === "certain") certain.push(mine);
  if (standing !== "") continue;
  const key = [district, kind, tier].join("\t");
  if (!strata.has(key)) strata.set(key, []);
  strata.get(key).push(mine);
}

const rates = new Map(plan.rates.map(([d, k, t, ppm]) => [[d, k, t].join("\t"), BigInt(ppm)]));
const keys = [...strata.keys()].sort((a, b) => byAll(a.split("\t"), b.split("\t")));
const million = 1000000n;
const share = new Map(keys.map((key) => [key, BigInt(strata.get(key).length) * (rates.get(key) ?? 0n)]));
const quota = new Map(keys.map((key) => [key, Number(share.get(key) / million)]));
const sum = [...share.values()].reduce((a, b) => a + b, 0n);
const total = plan.total ?? Number((sum + million / 2n) / million);
let left = total - [...quota.values()].reduce((a, b) => a + b, 0);
const rest = (key) => share.get(key) % million;
for (const key of [...keys].sort((a, b) => (rest(a) > rest(b) ? -1 : rest(a) < rest(b) ? 1 : 0)))
  if (left-- > 0) quota.set(key, quota.get(key) + 1);

const byTicket = (a, b) => byAll([a.ticket, a.id], [b.ticket, b.id]);
const drawn = keys.flatMap((key) =>
  strata.get(key).sort(byTicket).slice(0, quota.get(key)).map((one) => ({ ...one, key })));
drawn.sort(byTicket);

const people = rows("inspectors.tsv").map(([id, districts, kinds, leads, load, absent]) => ({
  id, districts: districts.split(","), kinds: kinds.split(","), leads: leads === "1", load: +load, absent }));
const out = new Set(), apart = new Set(), together = new Map();
const pair = (a, b) => [a, b].sort(byText).join("\t");
for (const [subject, one, , other] of rows("recusals.tsv"))
  other ? apart.add(`${subject}\t${pair(one, other)}`) : out.add(`${subject}\t${one}`);

const send = (id) => {
  const { district, kind } = subjects.get(id);
  const able = people
    .filter((one) => one.districts.includes(district) && one.kinds.includes(kind))
    .filter((one) => one.absent === "" && !out.has(`${id}\t${one.id}`))
    .map((one) => ({ one, step: Math.floor(one.load / plan.pairs.bucket), turn: H(S, "I", id, "\0", one.id).toString("hex") }))
    .sort((a, b) => a.step - b.step || byAll([a.turn, a.one.id], [b.turn, b.one.id]))
    .map(({ one }) => one);
  for (const lead of able.filter((one) => one.leads))
    for (const second of able) {
      const both = pair(lead.id, second.id);
      if (second === lead || apart.has(`${id}\t${both}`)) continue;
      if (plan.pairs.cap && (together.get(both) ?? 0) >= plan.pairs.cap) continue;
      lead.load++; second.load++; together.set(both, (together.get(both) ?? 0) + 1);
      return [id, lead.id, second.id];
    }
  return [id, "", ""];
};
const tasks = [...certain, ...drawn].sort(byTicket).map(({ id }) => send(id));

console.log(JSON.stringify({
  commitment: C.toString("hex"),
  seed: S.toString("hex"),
  certain: certain.sort(byTicket).map(({ id, ticket }) => [id, ticket]),
  drawn: drawn.map(({ key, id, ticket }) => [...key.split("\t"), id, ticket]),
  tasks,
}));
