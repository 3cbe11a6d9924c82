/** A tar of files, as a Blob that refers to them: nothing is read before it is sent. */

const BLOCK = 512;
const utf8 = new TextEncoder();

export interface Entry {
  name: string; // its path below the folder that was chosen
  file: File;
}

export function tar(entries: Entry[]): Blob {
  const parts: BlobPart[] = [];
  for (const { name, file } of entries) {
    // The plain header holds 100 bytes of a name; the extended one before it any number.
    if (utf8.encode(name).length > 100) {
      const record = pax('path', name);
      parts.push(header('PaxHeader', record.length, 'x'), record, padding(record.length));
    }
    parts.push(header(name, file.size, '0'), file, padding(file.size));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return new Blob(parts, { type: 'application/x-tar' });
}

function header(name: string, size: number, type: string): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number, length: number) => block.set(utf8.encode(text).slice(0, length), at);
  put(name, 0, 100);
  put('0000644\0', 100, 8);
  put('0000000\0', 108, 8);
  put('0000000\0', 116, 8);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124, 12); // up to 8 GiB a file
  put('00000000000\0', 136, 12);
  put('        ', 148, 8);
  put(type, 156, 1);
  put('ustar\x0000', 257, 8);
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

function pax(key: string, value: string): Uint8Array<ArrayBuffer> {
  const rest = utf8.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return new Uint8Array(utf8.encode(`${length} ${key}=${value}\n`));
}

function padding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}
