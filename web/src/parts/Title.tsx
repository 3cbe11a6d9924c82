import { useEffect, useRef, useState } from 'preact/hooks';
import { complain } from './notices';

/** The title of a view, which can be changed in its place. */
export function Title({ name, of, rename }: { name: string; of: string; rename: (name: string) => Promise<unknown> }) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !editing) button.current?.focus(); // where one was before
    was.current = editing;
  }, [editing]);
  const save = (said: string) => {
    setEditing(false);
    if (said.trim() && said !== name) rename(said.trim()).catch(complain);
  };
  if (!editing)
    return (
      <div class="row">
        <h1 tabIndex={-1} class="in-bar">
          {name}
        </h1>
        <button type="button" ref={button} class="word small" onClick={() => setEditing(true)}>
          Rename
        </button>
      </div>
    );
  return (
    <form onSubmit={(event) => (event.preventDefault(), save(new FormData(event.currentTarget).get('name')?.toString() ?? ''))} class="row">
      <h1 class="hidden">{name}</h1>
      <label>
        <span class="hidden">Name of {of}</span>
        <input type="text" name="name" maxLength={200} defaultValue={name} autoFocus onKeyDown={(event) => event.key === 'Escape' && setEditing(false)} />
      </label>
      <button type="submit" class="button outline">
        Save
      </button>
    </form>
  );
}
