import { answer, GET, type DatasetInFull, type Photo } from '../../api/client';
import { useLoad } from '../../api/load';
import { Menu } from '../../parts/Menu';
import { photoImage } from '../../parts/Picture';
import { number } from '../../words';

const ALWAYS = ['3:2', '4:3', '16:9', '2:3', '3:4', '9:16'];

/** Which shape photographs are cut to before they are squeezed: those of the archive first, most of them first. */
export function AspectChoice({ of, choose }: { of: DatasetInFull; choose: (aspect: string) => void }) {
  const found = useLoad(`aspects ${of.id} ${of.counts.ready} ${of.counts.repaired}`, () => answer(GET('/datasets/{dataset_id}/aspects', { params: { path: { dataset_id: of.id } } })));
  const own = found.value ?? [];
  const all = own.reduce((sum, { photos }) => sum + photos, 0);
  const told = new Map(own.map(({ aspect, photos }) => [aspect, `${aspect}, as ${number(photos)} of ${number(all)} are`]));
  const offered = [...new Set([...own.map(({ aspect }) => aspect), ...(of.aspect ? [of.aspect] : []), ...ALWAYS])];
  return <Menu label="Shape" value={of.aspect ?? ''} options={offered.map((aspect): [string, string] => [aspect, told.get(aspect) ?? aspect])} choose={(aspect) => aspect && choose(aspect)} />;
}

/** Both of what becomes of a part of a photograph: squeezed, as training sees it, and as wide again, as it is shown. */
export function Twice({ photo, box }: { photo: Photo; box: number[] }) {
  const [left = 0, top = 0, right = 1, bottom = 1] = box;
  const [wide, high, width, height] = [right - left, bottom - top, photo.width ?? 1, photo.height ?? 1];
  const share = (at: number, room: number) => `${room > 0 ? (100 * at) / room : 0}%`;
  const part = {
    backgroundImage: `url(${photoImage(photo.id)(320)})`,
    backgroundSize: `${(100 * width) / wide}% ${(100 * height) / high}%`,
    backgroundPosition: `${share(left, width - wide)} ${share(top, height - high)}`,
  };
  return (
    <span class="twice" style={{ '--ratio': wide / high }}>
      <span class="part squeezed" style={part} role="img" aria-label={`${photo.name}, squeezed as training sees it`} />
      <span class="part again" style={part} role="img" aria-label={`${photo.name}, as it is shown`} />
    </span>
  );
}
