import { answer, DELETE, type Sample } from '../../api/client';
import { give } from '../../api/stars';
import { Button } from '../../parts/Button';
import '../../parts/grid/selection.css';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { count } from '../../words';

interface ChosenProps {
  samples: Sample[];
  hide: (samples: Sample[], away: boolean) => void;
  changed: () => void;
  close: () => void;
}

const UNDO_MS = 10_000;

/** What one can do with the pictures that are chosen. */
export function Chosen({ samples, hide, changed, close }: ChosenProps) {
  const star = async () => {
    const rating = samples.every((one) => one.rating > 0) ? 0 : 1;
    await Promise.all(samples.filter((one) => rating === 0 || one.rating === 0).map((one) => give(one, rating)));
    changed();
  };
  const remove = () => {
    // Nothing is deleted before the time to take it back is over; a page that is closed meanwhile deletes nothing.
    const later = setTimeout(() => {
      Promise.all(samples.map((one) => answer(DELETE('/samples/{sample_id}', { params: { path: { sample_id: one.id } } })))).catch(complain);
    }, UNDO_MS);
    hide(samples, true);
    close();
    tell('Deleted', count(samples.length, 'picture'), () => {
      clearTimeout(later);
      hide(samples, false);
    });
  };
  return (
    <div class="selection" role="region" aria-label="Chosen pictures">
      <p aria-live="polite">
        <strong>{samples.length}</strong> chosen
      </p>
      <Button look="quiet" icon="star" does={star}>
        {samples.every((one) => one.rating > 0) ? 'Take the stars' : 'Give a star'}
      </Button>
      <Button look="quiet" does={remove}>
        Delete
      </Button>
      <Button look="primary" icon="save" busy="Saving" does={() => save(samples)}>
        Save
      </Button>
      <button type="button" class="bare" aria-label="Choose none" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function save(samples: Sample[]): void {
  for (const sample of samples) {
    const link = document.createElement('a');
    link.href = `/samples/${sample.id}/image`;
    link.download = `reverie-${String(sample.recipe['seed'])}-${sample.id.slice(-6)}.png`;
    link.click();
  }
}
