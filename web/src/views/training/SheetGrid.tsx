import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sheet } from '../../api/client';
import { Point, sheetlike } from '../../parts/Point';
import { number } from '../../words';

/** All points of a sheet; a new one fades up over the old one, like a print in its tray. */
export function SheetGrid({ sheet, place, watch }: { sheet: Sheet; place: number; watch: (place: number) => void }) {
  const shown = useDeveloped(sheet);
  const [large, setLarge] = useState<number | null>(null);
  const places = Array.from({ length: sheet.rows * sheet.columns }, (_, index) => index);
  return (
    <>
      <ul class="sheet" style={{ '--columns': sheet.columns, '--ratio': sheetlike(sheet).ratio }}>
        {places.map((index) => (
          <li key={index}>
            <button type="button" aria-label={`Point ${index + 1}, larger`} onClick={() => setLarge(index)}>
              {shown.map((one, layer) => (
                <span key={one.artifact_id} class="layer">
                  <Point sheet={sheetlike(one)} place={index} {...(layer === shown.length - 1 ? { alt: `Invented picture at step ${number(one.step)}, point ${index + 1}` } : {})} />
                </span>
              ))}
            </button>
          </li>
        ))}
      </ul>
      {large !== null && <Large sheet={sheet} place={large} watched={large === place} watch={() => watch(large)} close={() => setLarge(null)} />}
    </>
  );
}

/** The last two sheets, once the newer one has been decoded: a picture never flashes empty. */
function useDeveloped(sheet: Sheet): Sheet[] {
  const [shown, setShown] = useState([sheet]);
  useEffect(() => {
    let left = false;
    const image = new Image();
    image.src = `/artifacts/${sheet.artifact_id}/image`;
    const show = () => !left && setShown((old) => [...old.filter((one) => one.artifact_id !== sheet.artifact_id).slice(-1), sheet]);
    image.decode().then(show, show);
    return () => void (left = true);
  }, [sheet.artifact_id]);
  return shown;
}

interface LargeProps {
  sheet: Sheet;
  place: number;
  watched: boolean;
  watch: () => void;
  close: () => void;
}

function Large({ sheet, place, watched, watch, close }: LargeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="large" style={{ '--ratio': sheetlike(sheet).ratio }} onClose={close} onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}>
      <Point sheet={sheetlike(sheet)} place={place} alt={`Invented picture at step ${number(sheet.step)}, point ${place + 1}`} />
      <div class="row">
        <button type="button" class="button outline" disabled={watched} onClick={() => (watch(), dialog.current?.close())}>
          {watched ? 'The strip follows this one' : 'Keep watching this one'}
        </button>
        <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
