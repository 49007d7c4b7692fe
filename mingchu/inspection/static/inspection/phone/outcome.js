// What follows from the answers of a visit. The server reckons the same (domain/outcome.py); both
// are held to tests/inspection/outcome_cases.json.

export const DATED = ["by", "order"];
export const RESULTS = [
  "NO_PROBLEM", "NOT_PUBLISHED", "FALSE_INFO", "UNREACHABLE", "CORRECTED", "UNCOOPERATIVE",
  "NO_ACTIVITY", "PENDING", "CLOSED", "DEREGISTERED", "REVOKED", "ANNULLED", "MOVED", "BREACH",
];
export const OUTCOMES = ["inspected", "unreachable", "closed", "moved", "no_activity", "refused"];

const SPOKEN = {
  unreachable: "UNREACHABLE", closed: "CLOSED", moved: "MOVED", no_activity: "NO_ACTIVITY",
  refused: "UNCOOPERATIVE",
};

// The way of an unmet item, null of any other: a case, on the spot, by a day, or an order.
export function follows(item, answer) {
  if (answer?.verdict !== "unmet") return null;
  if (answer.affects === "yes") return "case";
  if (answer.affects === "slight" && item.weight !== "key") {
    return answer.fix?.way === "on_spot" ? "on_spot" : "by";
  }
  return "order";
}

// The unmet items in the order of the sheet, each with its way.
export function findings(items, answers) {
  return items
    .map((item) => ({ item: item.id, way: follows(item, answers[item.id]) }))
    .filter((one) => one.way);
}

// The word of the national form: nothing unmet; no key item unmet and enough general ones met; else.
export function wordOf(items, answers, leastPercent) {
  const said = items.filter((one) => ["met", "unmet"].includes(answers[one.id]?.verdict));
  if (!said.length) return null;
  const isMet = (one) => answers[one.id].verdict === "met";
  const keyUnmet = said.some((one) => one.weight === "key" && !isMet(one));
  const general = said.filter((one) => one.weight !== "key"), met = general.filter(isMet).length;
  if (!keyUnmet && met === general.length) return "pass";
  return !keyUnmet && met * 100 >= general.length * leastPercent ? "basic" : "fail";
}

// Kinds of result in their order, each once: those that follow and those the officer added.
export function results(outcome, found, added = []) {
  const held = new Set(added);
  if (SPOKEN[outcome]) held.add(SPOKEN[outcome]);
  if (found.some((one) => one.way === "on_spot")) held.add("CORRECTED");
  if (found.some((one) => one.way !== "on_spot")) held.add("PENDING");
  if (!held.size) held.add("NO_PROBLEM");
  return RESULTS.filter((one) => held.has(one));
}
