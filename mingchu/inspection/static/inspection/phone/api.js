// Calls of the server. Those of a person carry that person's device token and no session.

import { language } from "./words.js";

const WAIT_MS = 120_000;

// Nobody answered: no line, or it broke.
export class Offline extends Error {}
// The server said no; `problem` is {status, code, why, fix}.
export class Refused extends Error {
  constructor(problem) { super(problem.code); this.problem = problem; }
}

export async function call(path, { token, ...options } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": language(), ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const credentials = token ? "omit" : "same-origin";
  try {
    return await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(WAIT_MS), ...options, headers, credentials });
  } catch (why) {
    throw new Offline(String(why));
  }
}

export async function refusedBy(answer) {
  const said = await answer.json().catch(() => ({}));
  return new Refused({ status: answer.status, code: said.code ?? "", why: said.why ?? said.title ?? "", fix: said.fix ?? said.detail ?? "" });
}

export async function json(path, options) {
  const answer = await call(path, options);
  if (!answer.ok) throw await refusedBy(answer);
  try {
    return await answer.json();
  } catch (why) {
    throw new Offline(String(why)); // broken off, or a sign-in page of the network
  }
}

export const sends = (method, body, headers = {}) =>
  ({ method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });
