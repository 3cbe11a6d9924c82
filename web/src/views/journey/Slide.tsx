import { Slider } from '../explore/Slider';

interface SlideProps {
  label: string;
  value: number;
  least: number;
  most: number;
  step: number;
  bend?: number;
  says: (value: number) => string;
  title?: string;
  change: (value: number) => void;
  rest: () => void; // a hand let go: what follows is a step of its own
}

/** A slider below its name and its value. */
export function Slide({ label, rest, ...slider }: SlideProps) {
  return (
    <div class="journey-slide" onPointerUp={rest} onKeyUp={rest} onFocusOut={rest}>
      <span>{label}</span>
      <Slider label={label} {...slider} />
    </div>
  );
}
