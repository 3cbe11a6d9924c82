import { useState } from 'preact/hooks';

interface TypedProps {
  value: number;
  min: number;
  max: number;
  take: (text: string) => void;
}

/** A number that is typed. It counts once one leaves it or presses Enter; whatever is drawn anew until then leaves it alone. */
export function Typed({ value, min, max, take }: TypedProps) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <input
      type="number"
      min={min}
      max={max}
      value={draft ?? value}
      onInput={(event) => setDraft(event.currentTarget.value)}
      onChange={(event) => (take(event.currentTarget.value), setDraft(null))}
      onBlur={() => setDraft(null)}
    />
  );
}
