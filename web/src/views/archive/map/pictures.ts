/** Small pictures of a map: fetched as they are wanted, those next to the middle first, and no more kept than fit. */
import { photoImage, sampleImage } from '../../../parts/Picture';
import { idOf, invented, type Points, sidesOf } from './points';

const KEPT = 700;
const AT_ONCE = 8;
const LONG = 160; // pixels of the long side: what a screen shows at most, nearly
const ROUND = 0.05; // of it: the corners of what was invented

export class Pictures {
  private readonly there = new Map<number, ImageBitmap | null>(); // those used last at the end; null: it cannot be read
  private readonly going = new Map<number, AbortController>();
  private wanted: number[] = [];
  private closed = false;

  constructor(
    private readonly points: Points,
    private readonly came: () => void,
  ) {}

  /** Want these, the first before the others; what comes of others is not waited for. */
  want(some: number[]): void {
    this.wanted = some.slice(0, KEPT);
    const now = new Set(this.wanted);
    for (const [at, control] of this.going) if (!now.has(at)) control.abort();
    this.fetchMore();
  }

  get(at: number): ImageBitmap | null | undefined {
    return this.there.get(at);
  }

  get idle(): boolean {
    return this.going.size === 0 && this.wanted.every((at) => this.there.has(at));
  }

  close(): void {
    this.closed = true;
    for (const control of this.going.values()) control.abort();
    for (const bitmap of this.there.values()) bitmap?.close();
    this.there.clear();
  }

  private fetchMore(): void {
    for (const at of this.wanted) {
      if (this.going.size >= AT_ONCE) return;
      if (!this.there.has(at) && !this.going.has(at)) void this.fetch(at);
    }
  }

  private async fetch(at: number): Promise<void> {
    const control = new AbortController();
    this.going.set(at, control);
    let bitmap: ImageBitmap | null | undefined;
    try {
      const id = idOf(this.points, at);
      const answer = await fetch((invented(this.points, at) ? sampleImage(id) : photoImage(id))(LONG * 2), { signal: control.signal });
      bitmap = answer.ok ? await this.small(at, await answer.blob()) : answer.status < 500 ? null : undefined; // one that is gone stays a patch of its colour
    } catch {
      bitmap = undefined; // called off, or the network is away: it is wanted again with the next look
    }
    this.going.delete(at);
    if (this.closed) return void bitmap?.close();
    if (bitmap !== undefined) {
      this.there.set(at, bitmap);
      this.let();
      this.came();
    }
    this.fetchMoreSoon(bitmap === undefined && !control.signal.aborted);
  }

  private fetchMoreSoon(failed: boolean): void {
    if (failed) setTimeout(() => !this.closed && this.fetchMore(), 2000);
    else this.fetchMore();
  }

  private async small(at: number, blob: Blob): Promise<ImageBitmap> {
    const { width, height } = sidesOf(this.points, at, LONG);
    const size = { resizeWidth: Math.max(1, Math.round(width)), resizeHeight: Math.max(1, Math.round(height)), resizeQuality: 'medium' } as const;
    const bitmap = await createImageBitmap(blob, size);
    if (!invented(this.points, at)) return bitmap;
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d')!;
    context.roundRect(0, 0, bitmap.width, bitmap.height, LONG * ROUND);
    context.clip();
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.transferToImageBitmap();
  }

  private let(): void {
    const now = new Set(this.wanted);
    for (const [at, bitmap] of this.there) {
      if (this.there.size <= KEPT) return;
      if (now.has(at)) continue;
      bitmap?.close();
      this.there.delete(at);
    }
  }
}
