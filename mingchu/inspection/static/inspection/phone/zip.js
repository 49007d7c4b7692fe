// A zip that only stores: photos do not shrink, and its parts are never copied.

const TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
  let rest = number;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
export function crc32(bytes) {
  let rest = ~0;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return ~rest >>> 0;
}

// A header of numbers, each with its width in bytes.
function packed(...numbers) {
  const view = new DataView(new ArrayBuffer(numbers.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, number] of numbers) {
    if (width === 2) view.setUint16(at, number, true); else view.setUint32(at, number, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

// files: [{name, bytes}]; returns the parts of the file, for a Blob.
export function zipped(files) {
  const parts = [], index = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const said = new TextEncoder().encode(name), sum = crc32(bytes);
    // Version, UTF-8 names, stored, 1980-01-01, sum, size twice, length of the name.
    const about = [[2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 33], [4, sum], [4, bytes.length], [4, bytes.length], [2, said.length], [2, 0]];
    const head = packed([4, 0x04034b50], ...about);
    parts.push(head, said, bytes);
    index.push(packed([4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), said);
    at += head.length + said.length + bytes.length;
  }
  const size = index.reduce((sum, one) => sum + one.length, 0);
  const end = packed([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0]);
  return [...parts, ...index, end];
}
