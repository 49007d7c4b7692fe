// Photos of the public form go ahead of it, in pieces, and go on where a bad line broke them off.
// Without this module, or where it fails, the form sends them itself.

const PIECE_BYTES = 256 * 1024;
const TRIES = 6;
const box = document.getElementById("id_photos");
const told = document.getElementById("photos-told");
const draft = document.querySelector("input[name=draft]");

const waits = (ms) => new Promise((done) => setTimeout(done, ms));

async function nameOf(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ask(name, method, body, range, type) {
  const headers = { "Complaint-Draft": draft.value };
  if (range) Object.assign(headers, { "Content-Range": range, "Content-Type": type });
  return fetch(`/api/v1/complaints/photos/${name}`, { method, body, headers });
}

async function received(name) {
  const answer = await ask(name, "GET");
  return answer.ok ? (await answer.json()).received : 0;
}

// A refusal is final: the form then says why. A line that breaks is tried again.
async function send(file) {
  const bytes = await file.arrayBuffer();
  const name = await nameOf(bytes);
  let start = 0;
  for (let tried = 0; start < bytes.byteLength; ) {
    const end = Math.min(start + PIECE_BYTES, bytes.byteLength);
    const range = `bytes ${start}-${end - 1}/${bytes.byteLength}`;
    try {
      const answer = await ask(name, "PUT", bytes.slice(start, end), range, file.type);
      if (!answer.ok) return false;
      start = (await answer.json()).received;
      tried = 0;
    } catch {
      if (++tried > TRIES) return false;
      await waits(500 * 2 ** tried);
      start = await received(name).catch(() => start);
    }
  }
  return true;
}

async function sendAll() {
  const files = [...box.files];
  if (!files.length) return;
  told.textContent = told.dataset.sends;
  const done = [];
  for (const file of files) done.push(await send(file));
  const all = done.every(Boolean);
  told.textContent = all ? told.dataset.sent : told.dataset.waits;
  if (all) box.value = "";
}

if (globalThis.crypto?.subtle && box && told && draft) {
  box.addEventListener("change", sendAll);
  // Picked before this module came.
  sendAll();
}
