// Files of a zip by its central directory: stored or deflated, no more than TOP bytes in all.

const TOP = 512 * 1024 * 1024;

export async function unzip(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength), files = new Map();
  let end = data.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("no zip");
  let at = view.getUint32(end + 16, true), left = TOP;
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("no zip");
    const method = view.getUint16(at + 10, true), packed = view.getUint32(at + 20, true);
    const sizes = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = new TextDecoder().decode(data.subarray(at + 46, at + 46 + sizes[0]));
    const local = view.getUint32(at + 42, true);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = await inflated(data.subarray(begin, begin + packed), method, left);
    if (files.has(name)) throw new Error("a name stands twice");
    left -= content.length;
    files.set(name, content);
    at += 46 + sizes[0] + sizes[1] + sizes[2];
  }
  return files;
}

async function inflated(packed, method, left) {
  if (method === 0) return packed;
  if (method !== 8) throw new Error("packed in an unknown way");
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  let size = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    size += value.length;
    if (size > left) throw new Error("too large");
    pieces.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) { all.set(piece, at); at += piece.length; }
  return all;
}
