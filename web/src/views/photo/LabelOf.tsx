import { answer, GET, PATCH, type Photo } from '../../api/client';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import { complain } from '../../parts/notices';

const MOST = 200; // labels to choose among; more are given by name over REST

/** What the photograph is told apart by, as a word that is a menu. */
export function LabelOf({ photo, changed }: { photo: Photo; changed: () => void }) {
  const labels = useLoad(`labels of ${photo.dataset_id}`, async () => (await answer(GET('/datasets/{dataset_id}/labels', { params: { path: { dataset_id: photo.dataset_id }, query: { limit: MOST } } }))).items.map((one) => one.name));
  const now = photo.label ? [photo.label] : [];
  const names = [...new Set([...now, ...(labels.value ?? [])])];
  const put = (label: string | null) => answer(PATCH('/photos/{photo_id}', { params: { path: { photo_id: photo.id } }, body: { label } })).then(changed, complain);
  return (
    <p>
      Its label is <Menu label="Its label" value={photo.label ?? ''} options={[['', 'none'], ...names.map((name): [string, string] => [name, name])]} choose={(name) => void put(name)} />.
    </p>
  );
}
