import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../parts/Icon';

/** A native dialog over the plane; Esc or its cross closes it, and focus returns to where it was. */
export function Panel({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const left = useRef(false);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => {
      left.current = true; // another panel may be open by the time that this one is told of its end
      current?.close();
    };
  }, []);
  return (
    <dialog ref={dialog} class="explore-panel" aria-labelledby="explore-panel-title" onClose={() => left.current || close()}>
      <header class="spread">
        <h2 id="explore-panel-title">{title}</h2>
        <button type="button" class="bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
