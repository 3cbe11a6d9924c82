import type { Model } from '../api/client';
import './four.css';
import { sheetOf } from './Point';

/** Four pictures of a model, cut out of the corner of its sheet. */
export function Four({ model }: { model: Model }) {
  if (!model.sheet) return <span class="four none" />;
  const { src, columns, ratio } = sheetOf(model);
  return (
    <span class="four" style={{ aspectRatio: `${ratio}` }}>
      <img src={src} alt="" loading="lazy" style={{ inlineSize: `${50 * columns}%` }} />
    </span>
  );
}
