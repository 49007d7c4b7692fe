// Checks the bundle of a draw in the reader's own browser, after docs/fsdraw.md. Nothing is sent.
// It leaves out what the page names: drand signatures, the assignment, draws that hash with SM3.

import { sha256, hex, unhex, bytes, join } from "./sha256.js";
import { unzip } from "./unzip.js";

class Wrong extends Error {}
const hold = (fits, why) => { if (!fits) throw new Wrong(why); };
const FRAME = ["plan.json", "subjects.tsv", "inspectors.tsv", "recusals.tsv"];
const ID = /^[0-9A-Za-z._:-]{1,64}$/;
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byTicket = (a, b) => byText(a.ticket, b.ticket) || byText(a.id, b.id);

class Bundle {
  constructor(files) { this.files = files; }
  read(name) {
    hold(this.files.has(name), `${name} is missing`);
    return this.files.get(name);
  }
  text(name) { return new TextDecoder("utf-8", { fatal: true }).decode(this.read(name)); }
  json(name) {
    try { return JSON.parse(this.text(name)); } catch { throw new Wrong(`${name} is no JSON`); }
  }
  rows(name) { return this.text(name).split("\n").slice(0, -1).map((line) => line.split("\t")); }
  get plan() { return this.json("plan.json"); }
  get nonce() {
    const said = this.text("nonce.txt").trim();
    hold(/^[0-9a-f]{64}$/.test(said), "nonce.txt is not of 32 bytes");
    return unhex(said);
  }
  get commitment() {
    const digests = FRAME.map((name) => sha256(this.read(name)));
    return sha256(join(bytes("fsdraw/1\0commit\0"), ...digests, sha256(this.nonce)));
  }
  get beacon() {
    const announced = this.plan.beacons, found = this.json("beacon.json");
    hold(announced.length > 0 && announced.length === found.length, "beacon.json: other sources than the plan announced");
    const values = announced.map((one, place) => valueOf(one, found[place]));
    return values.length === 1 ? values[0] : join(...values.map(sha256));
  }
  // Of the draw that lends its seed to a joint one: its commitment and the nonce behind it.
  get joint() {
    const named = this.plan.joint;
    if (!named) return null;
    const said = this.json("joint.json"), digests = said.files.map(([, digest]) => unhex(digest)), nonce = unhex(said.nonce);
    hold(said.number === named.number && said.commitment === named.commitment, "joint.json: another draw than the plan names");
    hold(said.files.map(([name]) => name).join() === FRAME.join(), "joint.json: other files");
    const made = sha256(join(bytes("fsdraw/1\0commit\0"), ...digests, sha256(nonce)));
    hold(hex(made) === said.commitment, "joint.json: files and nonce are not those that were committed");
    hold(hex(sha256(bytes(said.plan))) === said.files[0][1], "joint.json: the plan is not the one that was committed");
    const same = (key) => JSON.stringify(JSON.parse(said.plan)[key]) === JSON.stringify(this.plan[key]);
    hold(same("algorithm") && same("beacons"), "plan.json: other sources of chance than the draw it takes its seed from");
    return { commitment: made, nonce };
  }
  get seed() {
    const { commitment, nonce } = this.joint ?? this;
    return sha256(join(bytes("fsdraw/1\0seed\0"), commitment, sha256(this.beacon), sha256(nonce)));
  }
}

function valueOf(announced, seen) {
  hold(seen.kind === announced.kind, `beacon.json: ${seen.kind} where ${announced.kind} was announced`);
  if (seen.kind === "drand") {
    hold(seen.round === announced.round, "beacon.json: another round than was announced");
    return sha256(unhex(seen.signature));
  }
  if (seen.kind === "dice") {
    hold(/^[0-9]+$/.test(seen.throws) && seen.throws.length === announced.throws, "beacon.json: not as many throws");
    return bytes(seen.throws);
  }
  if (seen.kind === "lottery") {
    const told = (drawing) => [...drawing].sort((a, b) => a - b).map((one) => `${one}.`).join("") + "/";
    return bytes(seen.results.map(told).join(""));
  }
  hold(seen.kind === "envelope" && seen.shares.length === announced.parties.length, "beacon.json: other shares");
  return join(...announced.parties.map((party, place) => shareOf(party, seen.shares[place])));
}

function shareOf(party, share) {
  const value = unhex(share.value);
  hold(hex(sha256(value)) === (share.withheld ? party.envelope : party.digest), `beacon.json: not the share that ${party.name} had sealed`);
  return value;
}

function ticketOf(seed, id, balls) {
  const all = [];
  for (let ball = 0; ball < balls; ball++)
    all.push(hex(sha256(join(seed, bytes(`S${id}`), new Uint8Array([0, ball >> 8, ball & 255])))));
  return all.sort()[0];
}

// Strata with their rows and how many of each are drawn, in the order of the strata.
function strataOf(bundle) {
  const strata = new Map();
  for (const [id, district, kind, tier, balls, standing] of bundle.rows("subjects.tsv")) {
    if (standing !== "") continue;
    const key = [district, kind, tier].join("\t");
    if (!strata.has(key)) strata.set(key, []);
    strata.get(key).push({ id, balls: Number(balls) });
  }
  return new Map([...strata].sort(([a], [b]) => byText(a, b)));
}

function quotasOf(bundle, strata) {
  const million = 1000000n, plan = bundle.plan;
  const rates = new Map(plan.rates.map(([d, k, t, ppm]) => [[d, k, t].join("\t"), BigInt(ppm)]));
  const shares = [...strata].map(([key, rows]) => ({ key, share: BigInt(rows.length) * (rates.get(key) ?? 0n) }));
  const sum = shares.reduce((all, { share }) => all + share, 0n);
  const quotas = new Map(shares.map(({ key, share }) => [key, Number(share / million)]));
  let left = plan.total ?? Number((sum + million / 2n) / million);
  for (const count of quotas.values()) left -= count;
  shares.sort((a, b) => (a.share % million > b.share % million ? -1 : a.share % million < b.share % million ? 1 : 0));
  for (const { key } of shares.slice(0, left)) quotas.set(key, quotas.get(key) + 1);
  return quotas;
}

const orders = new WeakMap();
function ordersOf(bundle) {
  if (!orders.has(bundle)) {
    const seed = bundle.seed;
    orders.set(bundle, new Map([...strataOf(bundle)].map(([key, rows]) =>
      [key, rows.map(({ id, balls }) => ({ id, ticket: ticketOf(seed, id, balls) })).sort(byTicket)])));
  }
  return orders.get(bundle);
}

const CHECKS = {
  files(bundle) {
    const { "manifest.json": own, ...listed } = bundle.json("manifest.json");
    // Keys of the file stand in their order, so that what is read gives its bytes again.
    hold(JSON.stringify(bundle.json("manifest.json")) === bundle.text("manifest.json"), "manifest.json was changed");
    hold(hex(sha256(bytes(JSON.stringify(listed)))) === own, "manifest.json was changed");
    for (const [name, digest] of Object.entries(listed)) hold(hex(sha256(bundle.read(name))) === digest, `${name} was changed`);
    return `${Object.keys(listed).length + 1}`;
  },
  lists(bundle) {
    hold(bundle.plan.format === "fsdraw/1", "plan.json: another format");
    hold(bundle.plan.algorithm === "sha256", "plan.json: this page does not know its hash");
    for (const [name, width] of [["subjects.tsv", 6], ["inspectors.tsv", 6], ["recusals.tsv", 4]]) {
      const text = bundle.text(name), rows = bundle.rows(name);
      hold(text.normalize("NFC") === text && (text === "" || text.endsWith("\n")), `${name} is not in its one form`);
      rows.forEach((row, place) => {
        hold(row.length === width && ID.test(row[0]), `${name}, row ${place + 1}: form`);
        const key = (one) => (width === 6 ? one[0] : one.join("\t"));
        hold(place === 0 || key(rows[place - 1]) < key(row), `${name}, row ${place + 1}: twice or not in order`);
      });
    }
    return `${bundle.rows("subjects.tsv").length}`;
  },
  commitment(bundle) {
    const said = bundle.json("commitment.json");
    for (const [name, digest] of said.files) hold(hex(sha256(bundle.read(name))) === digest, `${name} is not the file that was committed`);
    hold(said.number === bundle.plan.number, "commitment.json is of another draw");
    hold(hex(bundle.commitment) === said.commitment, "the nonce is not the one that was committed");
    return `${said.commitment.slice(0, 16)}… ${said.committed_at}`;
  },
  beacon(bundle) {
    bundle.beacon;
    return bundle.plan.beacons.map((one) => one.kind).join(", ");
  },
  seed(bundle) {
    const seed = hex(bundle.seed);
    hold(bundle.json("result.json").seed === seed, "result.json: another seed");
    return `${seed.slice(0, 16)}…`;
  },
  quotas(bundle) {
    const counted = new Map();
    for (const [d, k, t] of bundle.json("result.json").drawn) {
      const key = [d, k, t].join("\t");
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    const quotas = quotasOf(bundle, strataOf(bundle));
    for (const [key, count] of quotas) {
      hold((counted.get(key) ?? 0) === count, `result.json: stratum ${key.replaceAll("\t", " ")} has not ${count}`);
      counted.delete(key);
    }
    hold(counted.size === 0, "result.json: a stratum that is not in the frame");
    return `${quotas.size}`;
  },
  tickets(bundle) {
    const result = bundle.json("result.json"), quotas = quotasOf(bundle, strataOf(bundle)), said = new Map();
    for (const [d, k, t, id, ticket] of result.drawn) {
      const key = [d, k, t].join("\t");
      if (!said.has(key)) said.set(key, []);
      said.get(key).push({ id, ticket });
    }
    const told = (rows) => rows.map(({ id, ticket }) => `${ticket} ${id}`).join("\n");
    for (const [key, order] of ordersOf(bundle))
      hold(told((said.get(key) ?? []).sort(byTicket)) === told(order.slice(0, quotas.get(key))),
        `result.json: others of stratum ${key.replaceAll("\t", " ")} have smaller tickets`);
    const seed = bundle.seed;
    const certain = bundle.rows("subjects.tsv").filter((row) => row[5] === "certain")
      .map(([id, , , , balls]) => ({ id, ticket: ticketOf(seed, id, Number(balls)) })).sort(byTicket);
    hold(told(result.certain.map(([id, ticket]) => ({ id, ticket })).sort(byTicket)) === told(certain),
      "result.json: not those who are taken in any case");
    return `${result.drawn.length} + ${certain.length}`;
  },
  replacements(bundle) {
    const said = bundle.json("replacements.json"), orders = ordersOf(bundle), next = quotasOf(bundle, strataOf(bundle));
    const where = new Map(bundle.rows("subjects.tsv").map(([id, d, k, t]) => [id, [d, k, t].join("\t")]));
    for (const one of said) {
      hold(one.reason, `replacements.json: no reason for ${one.out}`);
      const key = where.get(one.out), place = next.get(key);
      hold(place !== undefined && orders.get(key)[place]?.id === one.in, `replacements.json: ${one.in} is not the next of the stratum`);
      next.set(key, place + 1);
    }
    return `${said.length}`;
  },
  register(bundle) {
    const said = bundle.json("register.json");
    inRegister("register.json", said, bundle.json("commitment.json"));
    if (bundle.joint) {
      const theirs = bundle.json("joint.json");
      inRegister("joint.json", theirs.register, theirs);
      hold(theirs.register.root === said.root && theirs.register.size === said.size, "joint.json: it leads to another head");
    }
    return `${said.index + 1} / ${said.size} · ${said.root.slice(0, 16)}…`;
  },
};

// An entry of the register and its way up to the head (RFC 9162, 2.1.3.2).
function inRegister(name, said, promised) {
  const leaf = JSON.parse(said.leaf);
  for (const key of ["commitment", "committed_at", "number"]) hold(leaf[key] === promised[key], `${name}: the entry is not this commitment`);
  let node = sha256(join(new Uint8Array([0]), sha256(bytes(said.leaf)))), place = said.index, last = said.size - 1;
  hold(place >= 0 && place <= last, `${name}: no such place`);
  for (const step of said.path.map(unhex)) {
    hold(last > 0, `${name}: the path is too long`);
    if (place % 2 || place === last) {
      node = sha256(join(new Uint8Array([1]), step, node));
      while (place % 2 === 0 && place) { place = Math.floor(place / 2); last = Math.floor(last / 2); }
    } else node = sha256(join(new Uint8Array([1]), node, step));
    place = Math.floor(place / 2); last = Math.floor(last / 2);
  }
  hold(last === 0 && hex(node) === said.root, `${name}: the entry does not lead to the head`);
}

const verdict = document.getElementById("verdict");
const table = document.querySelector("table[data-good]");

function tell(id, good, why) {
  const row = table.querySelector(`[data-check=${id}]`), found = row.querySelector("[data-found]");
  found.textContent = good === null ? "—" : good ? table.dataset.good : table.dataset.bad;
  found.className = good === null ? "" : `tag tag--${good ? "good" : "bad"}`;
  row.querySelector("[data-why]").textContent = why;
}

function close(word, how) {
  verdict.textContent = verdict.dataset[word];
  verdict.className = `notice notice--${how}`;
}

async function check(file) {
  for (const id of Object.keys(CHECKS)) tell(id, null, "");
  verdict.className = ""; verdict.textContent = verdict.dataset.busy;
  let bundle;
  try {
    bundle = new Bundle(await unzip(new Uint8Array(await file.arrayBuffer())));
  } catch {
    return close("broken", "bad");
  }
  let good = true;
  for (const [id, made] of Object.entries(CHECKS)) {
    await new Promise((painted) => setTimeout(painted));
    try {
      tell(id, true, made(bundle));
    } catch (error) {
      good = false;
      tell(id, false, error instanceof Wrong ? error.message : `cannot be read: ${error.message}`);
    }
  }
  close(good ? "good" : "bad", good ? "good" : "bad");
}

const picked = document.getElementById("bundle");
const checkPicked = () => { if (picked.files[0]) check(picked.files[0]); };
picked.addEventListener("change", checkPicked);
// Picked before this module came.
checkPicked();
