/** What a view will ask for first, asked for while its code is still on its way. */
const KEPT_MS = 10_000; // an answer that nobody has come for by then is old

/** One question at a time; its answer is taken once, by whoever has the same key. */
export class Ahead<T> {
  private asked: { key: string; answer: Promise<T> } | undefined;

  ask(key: string, load: () => Promise<T>): void {
    const asked = (this.asked = { key, answer: load() });
    asked.answer.catch(() => undefined); // said to whoever takes it
    setTimeout(() => this.asked === asked && this.drop(), KEPT_MS);
  }

  take(key: string, load: () => Promise<T>): Promise<T> {
    const { asked } = this;
    this.drop();
    return asked?.key === key ? asked.answer : load();
  }

  private drop(): void {
    this.asked = undefined;
  }
}
