import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../parts/Icon';
import './side.css';

/** A dialog beside the plane, which stays in sight and in use; Esc or its cross closes it, and focus returns to where it was. */
export function Side({ title, tools, close, children }: { title: string; tools?: ComponentChildren; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const left = useRef(false);
  useEffect(() => {
    const { current } = dialog;
    current?.show();
    return () => {
      left.current = true; // another panel may be open by the time that this one is told of its end
      current?.close();
    };
  }, []);
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="explore-side veil" aria-labelledby="explore-side-title" onClose={() => left.current || close()} onKeyDown={keys}>
      <header class="spread">
        <h2 id="explore-side-title" tabIndex={-1} autoFocus>
          {title}
        </h2>
        <span class="row">
          {tools}
          <button type="button" class="bare" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </span>
      </header>
      {children}
    </dialog>
  );
}
