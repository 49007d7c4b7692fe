// Reading the premises code with the camera, where the browser can; else it is typed.

import { button, h } from "./dom.js";
import { doing } from "./frame.js";
import { t } from "./words.js";

const PAUSE_MS = 200;

export function scanner(ctx, come) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return h("p", { class: "hint" }, t("no_scanner"));
  const place = h("div", { class: "scan" });
  const start = () => doing(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = h("video", { playsinline: true, muted: true, "aria-label": t("scan"), srcObject: stream });
    place.replaceChildren(video);
    const stop = () => { for (const track of stream.getTracks()) track.stop(); place.replaceChildren(); };
    ctx.onLeave(stop);
    await video.play();
    look(new BarcodeDetector(), video, (code) => { stop(); come(code); });
  });
  return [button(t("scan"), start, "button--wide button--main"), place];
}

async function look(detector, video, found) {
  while (video.isConnected) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code) return found(code.rawValue);
    await new Promise((done) => { setTimeout(done, PAUSE_MS); });
  }
  return undefined;
}
