/** Where in a journey one is, and going on by itself: in real time, led by the sound where there is one. */
import { useEffect, useState } from 'preact/hooks';
import { clamp, tidy } from './time';

export class Clock {
  playing = false;
  duration = 0;
  loop = false;
  private audio: HTMLAudioElement | null = null;
  private from = 0; // second of the sound at which the journey begins
  private began = { at: 0, when: 0 };
  private frame = 0;
  private readonly hearers = new Set<() => void>();

  constructor(public at = 0) {} // seconds

  /** Sound is heard only after somebody has said play. */
  lead(audio: HTMLAudioElement | null, from: number): void {
    if (this.audio !== audio) this.audio?.pause();
    this.audio = audio;
    this.from = from;
    this.sound();
  }

  measure(duration: number, loop: boolean): void {
    this.duration = duration;
    this.loop = loop;
    if (this.at > duration) this.go(duration);
    else this.tell();
  }

  go(at: number): void {
    this.at = tidy(clamp(at, 0, this.duration));
    this.sound();
    this.tell();
  }

  play(): void {
    if (this.playing) return;
    this.playing = true;
    if (this.at >= this.duration - 0.02) this.at = 0;
    this.sound();
    this.tell();
    this.frame = requestAnimationFrame(this.turn);
  }

  stop(): void {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.audio?.pause();
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.stop();
    else this.play();
  }

  hear(hearer: () => void): () => void {
    this.hearers.add(hearer);
    return () => void this.hearers.delete(hearer);
  }

  private readonly turn = () => {
    if (!this.playing) return;
    const { audio } = this;
    const leads = audio !== null && !audio.paused && !audio.ended && audio.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const now = leads ? audio.currentTime - this.from : this.began.at + (performance.now() - this.began.when) / 1000;
    if (leads) this.began = { at: now, when: performance.now() }; // it goes on from here, where the sound ends first
    this.at = clamp(now, 0, this.duration);
    if (now >= this.duration) {
      if (!this.loop) return this.stop();
      this.at = 0;
      this.sound();
    }
    this.tell();
    this.frame = requestAnimationFrame(this.turn);
  };

  /** Bring the sound to where one is. */
  private sound(): void {
    this.began = { at: this.at, when: performance.now() };
    const { audio } = this;
    if (!audio) return;
    const wanted = this.from + this.at;
    if (Math.abs(audio.currentTime - wanted) > 0.05) audio.currentTime = wanted;
    if (this.playing && audio.paused && !(wanted >= audio.duration)) audio.play().catch(() => undefined); // it plays without sound then
  }

  private tell(): void {
    for (const hearer of this.hearers) hearer();
  }
}

/** Where one is, drawn anew as it moves; `of` says how finely. */
export function useAt(clock: Clock, of: (at: number) => number = (at) => at): number {
  const [at, setAt] = useState(of(clock.at));
  useEffect(() => {
    const look = () => setAt(of(clock.at));
    look();
    return clock.hear(look);
  }, [clock]);
  return at;
}

export function usePlaying(clock: Clock): boolean {
  const [playing, setPlaying] = useState(clock.playing);
  useEffect(() => clock.hear(() => setPlaying(clock.playing)), [clock]);
  return playing;
}
