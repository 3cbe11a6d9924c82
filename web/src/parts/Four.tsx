import { useState } from 'preact/hooks';
import './four.css';

/** Four pictures of a model, cut out of the corner of its sheet. */
export function Four({ model }: { model: { id: string; sheet: boolean } }) {
  const [columns, setColumns] = useState(7);
  if (!model.sheet) return <span class="four none" />;
  return (
    <span class="four">
      <img
        src={`/models/${model.id}/sheet`}
        alt=""
        loading="lazy"
        style={{ inlineSize: `${50 * columns}%` }}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setColumns(columnsOf(naturalWidth / naturalHeight))}
      />
    </span>
  );
}

/** Sheets are 4 × 7 pictures, of large ones 3 × 4 or 2 × 2. */
function columnsOf(ratio: number): number {
  return ratio > 1.5 ? 7 : ratio > 1.1 ? 4 : 2;
}
