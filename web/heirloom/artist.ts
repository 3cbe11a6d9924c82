/** Who draws: a worker with the network in it. What is wanted most is drawn first. */
import { bytesOf, floatsOf, onDisk, pack } from './pack';
import type { Ready, Told, Wanted } from './worker';

export type Picture = Uint8Array<ArrayBuffer>;
type Asked = Omit<Wanted, 'id'>;

interface Waiting {
  wanted: Asked;
  rank: () => number; // the least is drawn first; Infinity: no longer wanted
  done: (picture: Picture) => void;
}

export class Artist {
  private worker?: Worker;
  private waiting: Waiting[] = [];
  private current?: Waiting;
  private number = 0;
  private ready = false;
  ms = 0; // of the last picture

  constructor(private readonly failed: (why: string) => void) {}

  /** Read the network, and begin; `far` hears how much of it is here, 0 to 1. */
  async begin(far: (share: number) => void): Promise<void> {
    const names = ['runtime.wasm', 'mapping.onnx', 'synthesis.onnx', 'worker.js'];
    const files = onDisk ? await this.within(names, far) : await this.fetched(names, far);
    const [runtime, mapping, synthesis, program] = files as [ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer];
    this.worker = new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })));
    this.worker.onmessage = ({ data }: MessageEvent<Told>) => this.heard(data);
    this.worker.onerror = (event) => this.failed(event.message);
    const { z, w, layers, classes } = pack;
    const message: Ready = { shape: { z, w, layers, classes, mean: floatsOf(pack.mean) }, runtime, mapping, synthesis };
    this.worker.postMessage(message, [runtime, mapping, synthesis]);
  }

  draw(wanted: Asked, rank: () => number, done: (picture: Picture) => void): void {
    this.waiting.push({ wanted, rank, done });
    this.next();
  }

  private async fetched(names: string[], far: (share: number) => void): Promise<ArrayBuffer[]> {
    let here = 0;
    return Promise.all(
      names.map(async (name) => {
        const answer = await fetch(name.endsWith('.onnx') ? `model/${name}` : `page/${name}`);
        if (!answer.ok) throw new Error(`${name} is not in this folder`);
        const found = await answer.arrayBuffer();
        far(++here / names.length);
        return found;
      }),
    );
  }

  /** The same files as scripts: a page that was opened from a disk may read nothing else. */
  private async within(names: string[], far: (share: number) => void): Promise<ArrayBuffer[]> {
    const found: ArrayBuffer[] = [];
    for (const name of names) {
      await new Promise<void>((resolve, reject) => {
        const script = document.createElement('script');
        script.src = `page/within/${name}.js`;
        script.onload = () => resolve();
        script.onerror = () => reject(new Error(`${name} is not in this folder`));
        document.head.append(script);
      });
      const held = (globalThis as unknown as { WITHIN: Record<string, string> }).WITHIN;
      found.push(bytesOf(held[name]!).buffer);
      delete held[name];
      far(found.length / names.length);
    }
    return found;
  }

  private heard(told: Told): void {
    if ('ready' in told) {
      this.ready = true;
      this.next();
      return;
    }
    if ('error' in told) this.failed(told.error);
    else {
      this.ms = told.ms;
      this.current?.done(told.picture);
    }
    this.current = undefined;
    this.next();
  }

  private next(): void {
    if (!this.ready || this.current) return;
    const ranked = this.waiting.map((one) => ({ one, rank: one.rank() })).filter(({ rank }) => rank < Infinity);
    ranked.sort((a, b) => a.rank - b.rank);
    this.waiting = ranked.map(({ one }) => one);
    this.current = this.waiting.shift();
    if (this.current) this.worker!.postMessage({ ...this.current.wanted, id: ++this.number } satisfies Wanted);
  }
}
