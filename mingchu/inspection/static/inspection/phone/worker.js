// The one service worker, of scope /i/. The server sets VERSION, SHELL and FILES in front of this.
// All files of a version are there or the version is not; it takes over only when it is asked to.

const OWN = "mingchu-phone-";

self.addEventListener("install", (event) => event.waitUntil(fill()));
async function fill() {
  const cache = await caches.open(OWN + VERSION);
  await cache.addAll([SHELL, ...FILES].map((path) => new Request(path, { cache: "reload" })));
}

self.addEventListener("activate", (event) => event.waitUntil(settle()));
async function settle() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== OWN + VERSION);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

self.addEventListener("message", (event) => { if (event.data === "now") self.skipWaiting(); });

// The shell and its files come from the phone, whoever is signed in; all else is the network's.
self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const path = request.mode === "navigate" && pathname === "/i/" ? SHELL : FILES.includes(pathname) ? pathname : null;
  if (path) event.respondWith(held(path, request));
});
async function held(path, request) {
  const cache = await caches.open(OWN + VERSION);
  return (await cache.match(path)) ?? fetch(request);
}
