import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Photo, Sample } from '../../api/client';
import { altOf, captionOf } from '../../api/originals';
import { Picture, photoImage, sampleImage } from '../../parts/Picture';
import type { Zooming } from '../../parts/zoom';
import { saidOf } from '../../recipe';
import { useRects } from './geometry';
import { Grid, spotUnder } from './Grid';
import { Lines } from './Lines';
import { belowOf, isSame, type Pair, type Parts, type Spot } from './parts';
import './three.css';

interface ThreeProps {
  sample: Sample;
  photos: (Photo | undefined)[]; // beside it; undefined while it is found out which
  parts: Parts | undefined;
  spot: Spot | null; // the part that one points at, or that is held
  held: Spot | null;
  pairs: Pair[];
  zoom: Zooming;
  point: (spot: Spot | null) => void; // by hand, while it stays there
  hold: (spot: Spot | null) => void; // by tap, click or key
  children?: ComponentChildren; // laid over the picture
}

/** An invented picture between the photographs that it resembles, with lines from part to part. */
export function Three({ sample, photos, parts, spot, held, pairs, zoom, point, hold, children }: ThreeProps) {
  const frame = useRef<HTMLDivElement>(null);
  const ids = photos.map((photo) => photo?.id ?? '');
  const rects = useRects(frame, `${sample.id} ${ids.join(' ')} ${zoom.zoomed}`);
  const beside = useBeside();
  const [first, second] = photos;
  const tap = (event: MouseEvent) => {
    if (zoom.zoomed || !parts || event.detail === 0 || !(event.currentTarget instanceof Element)) return;
    const tapped = spotUnder(event, event.currentTarget, parts);
    hold(isSame(tapped, held) ? null : tapped);
  };
  return (
    <div ref={frame} class={`three of-${photos.length}`}>
      {photos.length > 0 && <Original photo={first} />}
      <figure class={zoom.zoomed ? 'invented-large zoomed' : 'invented-large'} style={{ '--ratio': sample.width / sample.height }} data-picture="invented" {...zoom.frame} onClick={tap}>
        <div style={zoom.style}>
          <Picture kind="invented" src={sampleImage(sample.id)} shown={1024} alt={saidOf({ ...sample, rating: 0 })} width={sample.width} height={sample.height} average={sample.average} blur={sample.blur} square={false} eager />
          {!zoom.zoomed && children}
          {!zoom.zoomed && parts && <Grid parts={parts} spot={spot} point={point} hold={hold} photos={photos} />}
        </div>
      </figure>
      {photos.length > 1 && <Original photo={second} />}
      {!zoom.zoomed && <Lines rects={rects} pairs={pairs} lit={spot !== null} shown={ids} beside={beside} />}
    </div>
  );
}

function Original({ photo }: { photo: Photo | undefined }) {
  if (!photo) return <div class="original coming" aria-hidden="true" />;
  const ratio = (photo.width ?? 1) / (photo.height ?? 1);
  return (
    <figure class="original" style={{ '--ratio': ratio }}>
      <a href={`#/photos/${photo.id}`} data-picture={photo.id}>
        <Picture key={photo.id} kind="photo" src={photoImage(photo.id)} shown={640} alt={altOf(photo)} width={photo.width} height={photo.height} average={photo.average} blur={photo.blur} square={false} eager linked />
      </a>
      <figcaption>
        <bdi class="said">{captionOf(photo)}</bdi>
        <bdi class="small">{belowOf(photo)}</bdi>
      </figcaption>
    </figure>
  );
}

/** Whether pictures stand beside one another; on a phone, photographs stand below. */
function useBeside(): boolean {
  const [wide] = useState(() => matchMedia('(width > 640px)'));
  const [beside, setBeside] = useState(wide.matches);
  useEffect(() => {
    const change = () => setBeside(wide.matches);
    wide.addEventListener('change', change);
    return () => wide.removeEventListener('change', change);
  }, [wide]);
  return beside;
}
