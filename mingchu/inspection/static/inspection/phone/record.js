// A record 检查记录 as the phone keeps it, and what it still lacks; pure, so that it runs anywhere.
// It carries its task and its list as they were when it began: a later day pack changes neither.

import { DATED, findings, follows, results } from "./outcome.js";

export const FORMAT = "mingchu.inspection/1";
// The contract takes no longer texts.
export const TEXT_TOP = 2000, NAME_TOP = 200;
// How a visit went when there was somebody to speak with.
const MET_SOMEBODY = ["inspected", "no_activity", "refused"];

export function begun({ id, person, task, list, rules, at }) {
  return {
    client_id: id, person, task, list, rules, state: "open", revision: 0, blobs: [],
    started_at: at, ended_at: null, changed_at: at, outcome: "", presence: null,
    shown: { lead: false, second: false }, answers: {}, earlier: [], exam: [], results: [],
    danger: false, note: "", statement: "", party: { name: "", role: "" },
    signatures: { lead: null, second: null, party: null }, refusal: null, second: null, alone: false,
  };
}

export function itemsOf(record) {
  const only = record.task.items && new Set(record.task.items);
  return only ? record.list.items.filter((one) => only.has(one.id)) : record.list.items;
}

export function tally(record) {
  const said = { all: 0, answered: 0, met: 0, unmet: 0, na: 0 };
  for (const item of itemsOf(record)) {
    said.all += 1;
    const verdict = record.answers[item.id]?.verdict;
    if (verdict) { said.answered += 1; said[verdict] += 1; }
  }
  return said;
}

export const isDone = (record) => record.state !== "open";
export const foundIn = (record) => findings(itemsOf(record), record.answers);
export const resultsOf = (record) => results(record.outcome, foundIn(record), record.results);
export const meetsSomebody = (record) => MET_SOMEBODY.includes(record.outcome);

// The steps of this visit, in their order.
export function stepsOf(record) {
  const inspected = record.outcome === "inspected";
  return [
    "arrive", "shown", "outcome",
    ...(inspected && record.task.open.length ? ["earlier"] : []),
    ...(inspected ? ["items"] : []),
    ...(inspected && record.task.business.managers.length ? ["exam"] : []),
    "results", "sign",
  ];
}

// The officer of the pair who does not hold this phone: he confirms with his PIN.
export const otherOf = ({ person, task }) => (task.second?.id === person ? task.lead : task.second);

// A code as it was scanned or typed belongs to the business: its address here, or its credit code.
export function isItsCode(text, business) {
  const said = text.trim();
  const page = /\/p\/([^/?#]+)/.exec(said);
  return (page ? page[1] : said) === business.public || (!!business.code && said.toUpperCase() === business.code);
}

export const isOver = (instrument, day) => instrument.calibrated_until < day;
export const isOut = (item, value) => (item.from != null && value < item.from) || (item.to != null && value > item.to);

// What keeps the record from being sealed: [{step, key, item?, facts?}].
export function lacks(record, { instruments = [], hasPin = true, day }) {
  const said = [];
  const need = (fits, step, key, more = {}) => { if (!fits) said.push({ step, key, ...more }); };
  need(record.presence, "arrive", "lack_presence");
  need(record.outcome, "outcome", "lack_outcome");
  if (meetsSomebody(record)) need(record.shown.lead && (record.shown.second || !record.task.second), "shown", "lack_shown");
  if (record.outcome === "inspected") {
    for (const item of itemsOf(record)) {
      const key = lackOf(item, record.answers[item.id], { instruments, day, photo: record.rules.photo });
      need(!key, "items", key, { item: item.id });
    }
    for (const one of record.task.open) {
      need(record.earlier.some((said) => said.finding === one.finding), "earlier", "lack_earlier");
    }
  } else if (record.outcome) need(record.note.trim(), "outcome", "lack_note");
  for (const one of record.exam) need(one.right != null && one.right <= one.asked && one.asked > 0, "exam", "lack_exam");
  need(record.signatures.lead, "sign", "lack_lead");
  need(record.signatures.second || !record.task.second, "sign", "lack_second");
  need(!hasPin || record.second || record.alone, "sign", "lack_pin");
  if (meetsSomebody(record)) {
    const signed = record.signatures.party && record.party.name.trim();
    need(signed || (record.refusal?.reason && record.refusal?.witness), "sign", "lack_party");
  }
  return said;
}

function lackOf(item, answer, { instruments, day, photo }) {
  if (!answer?.verdict) return "lack_answer";
  const measure = answer.measure?.value == null ? null : answer.measure;
  if (measure) {
    const used = instruments.find((one) => one.number === measure.instrument);
    if (!measure.instrument) return "lack_instrument";
    if (used && isOver(used, day)) return "lack_calibration";
  }
  if (answer.verdict === "na") return "";
  if (item.evidence === "measure" && !measure) return "lack_measure";
  // A photo shows what is wrong; nobody has to take one of what is in order.
  const asked = answer.verdict === "unmet" && (photo || item.evidence === "photo");
  if (asked && !answer.photos?.length) return "lack_photo";
  return answer.verdict === "unmet" ? lackOfUnmet(item, answer, day) : "";
}

function lackOfUnmet(item, answer, day) {
  if (!answer.affects) return "lack_affects";
  if (answer.affects === "slight" && !answer.fix?.way) return "lack_way";
  if (!DATED.includes(follows(item, answer))) return "";
  return answer.fix?.due >= day ? "" : "lack_due";
}

// An answer as the server reads it: what the verdict leaves no room for is left out.
function answered(item, answer) {
  const { verdict, text = "", photos = [], measure, at } = answer;
  const said = { verdict, text, photos, at };
  if (measure?.value != null) said.measure = { ...measure, unit: item.unit };
  const way = follows(item, answer);
  if (!way) return said;
  said.affects = answer.affects ?? "no";
  if (way !== "case") said.fix = DATED.includes(way) ? { way, due: answer.fix?.due ?? null } : { way };
  return said;
}

// The record's body as the contract has it; only `sent_at` is said anew each time it is sent.
export function bodyOf(record, { sealed, device, clock }) {
  const answers = {};
  if (record.outcome === "inspected" || !sealed) {
    for (const item of itemsOf(record)) {
      const answer = record.answers[item.id];
      if (answer?.verdict) answers[item.id] = answered(item, answer);
    }
  }
  return {
    format: FORMAT, visit: record.task.visit, checklist: record.list.digest, person: record.person,
    sealed, device, clock: clock ?? { offset_ms: 0 }, outcome: record.outcome || "inspected", presence: record.presence,
    shown: record.shown, started_at: record.started_at, ended_at: record.ended_at, answers,
    earlier: record.earlier, exam: record.exam.filter((one) => one.asked > 0 && one.right != null), results: record.results, danger: record.danger,
    note: record.note, statement: record.statement, party: record.party,
    signatures: record.signatures, refusal: record.refusal, second: record.second,
    blobs: record.blobs.map(({ sha256, size, type, role, item }) => ({ sha256, size, type, role, item })),
  };
}
