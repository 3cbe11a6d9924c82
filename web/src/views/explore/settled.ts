import { useEffect, useRef, useState } from 'preact/hooks';

const REST_MS = 200;

/** A value, but not each one of many that follow one another: the first at once, then that at which it rests. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const changed = useRef(-REST_MS);
  useEffect(() => {
    const now = performance.now();
    const wait = now - changed.current < REST_MS ? REST_MS : 0;
    changed.current = now;
    if (wait === 0) return setSettled(value);
    const later = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(later);
  }, [value]);
  return settled;
}
