import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';

interface NamingProps {
  label: string;
  hint: string;
  verb: string;
  known: string[]; // offered while one types
  most: number; // characters
  does: (name: string) => Promise<unknown>;
  close: () => void;
}

/** One name to type, or to pick from those that are there: of an album or of a tag. */
export function Naming({ label, hint, verb, known, most, does, close }: NamingProps) {
  const [name, setName] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  useEffect(() => field.current?.focus(), []);
  const ready = name.trim() !== '';
  const go = () => does(name.trim()).then(close);
  return (
    <form
      class="naming"
      onSubmit={(event) => (event.preventDefault(), ready && field.current?.form?.querySelector('button')?.click())}
      onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), close())}
    >
      <label class="small">
        {label}
        <input ref={field} type="text" list={list} maxLength={most} value={name} placeholder={hint} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <datalist id={list}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Button look="primary" busy="One moment" does={() => (ready ? go() : field.current?.focus())}>
        {verb}
      </Button>
      <button type="button" class="bare" aria-label="Not now" onClick={close}>
        <Icon name="close" />
      </button>
    </form>
  );
}
