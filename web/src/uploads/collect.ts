/** What a person drops or chooses: archives as they are, loose files and folders as one tar for each folder.
 *
 * What is no picture goes along: the repair list has a line for each file. */
import { type Entry, tar } from './tar';

export interface Parcel {
  name: string;
  body: Blob;
  pictures: number | null; // null: an archive that only the server can count
  stamp: string; // the same for the same files, so that an upload that broke off is known again
}

const MODEL = /\.(pkl|pt|pth|safetensors)$/i;
const ARCHIVE = /\.(zip|tar|tgz|tzst|tar\.(gz|bz2|xz|zst))$/i;

/** Model files among what was brought, and the rest; where models are asked for, all of it. */
export function modelsIn(entries: Entry[], all: boolean): { models: File[]; rest: Entry[] } {
  const isModel = ({ name }: Entry) => all || MODEL.test(name);
  return { models: entries.filter(isModel).map(({ file }) => file), rest: entries.filter((entry) => !isModel(entry)) };
}

export function parcels(entries: Entry[]): Parcel[] {
  const archives = entries.filter(({ name }) => ARCHIVE.test(name));
  const folders = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (ARCHIVE.test(entry.name)) continue;
    const folder = entry.name.includes('/') ? (entry.name.split('/')[0] ?? '') : 'Pictures';
    const files = folders.get(folder);
    if (files) files.push(entry);
    else folders.set(folder, [entry]);
  }
  return [
    ...archives.map(({ file }) => ({ name: file.name, body: file, pictures: null, stamp: stampOf([{ name: file.name, file }]) })),
    ...[...folders].map(([folder, files]) => ({ name: `${folder}.tar`, body: tar(files), pictures: files.length, stamp: stampOf(files) })),
  ];
}

/** What tells these files from others: their names, sizes and times, as one number (FNV-1a) beside their size. */
export function stampOf(entries: Entry[]): string {
  let hash = 0x811c9dc5;
  let size = 0;
  for (const { name, file } of entries) {
    size += file.size;
    for (const unit of `${name}/${file.size}/${file.lastModified};`) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `${entries.length}-${size}-${hash.toString(16)}`;
}

/** The archive is named after what was brought. */
export function nameOf(parcel: Parcel): string {
  return parcel.name.replace(ARCHIVE, '').replace(/[_-]+/g, ' ').trim() || 'My photographs';
}

export function fromInput(files: FileList): Entry[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

export async function fromDrop(transfer: DataTransfer): Promise<Entry[]> {
  const roots = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (roots.length === 0) return fromInput(transfer.files);
  const found: Entry[] = [];
  await Promise.all(roots.map((root) => walk(root, '', found)));
  return found;
}

async function walk(entry: FileSystemEntry, above: string, found: Entry[]): Promise<void> {
  const name = above + entry.name;
  if (entry instanceof FileSystemFileEntry) {
    found.push({ name, file: await new Promise<File>((hand, fail) => entry.file(hand, fail)) });
  } else if (entry instanceof FileSystemDirectoryEntry) {
    const reader = entry.createReader();
    for (;;) {
      // A reader hands out a hundred at a time.
      const some = await new Promise<FileSystemEntry[]>((hand, fail) => reader.readEntries(hand, fail));
      if (some.length === 0) return;
      await Promise.all(some.map((below) => walk(below, `${name}/`, found)));
    }
  }
}
