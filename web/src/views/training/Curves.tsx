import type { Curves as Told } from '../../api/client';
import { Curve, type Value } from '../../parts/Curve';
import { number } from '../../words';

const LOSSES: [string, string, string][] = [
  ['loss_g', 'Generator', 'Loss of the one that invents.'],
  ['loss_d', 'Discriminator', 'Loss of the one that judges.'],
  ['r_t', 'r_t', 'How much the judge knows the photographs by heart.'],
  ['augment_p', 'Augmentation', 'How often the photographs are altered, so that it does not.'],
  ['pictures_per_s', 'Speed', 'Pictures a second.'],
];

/** What is measured, in words of its own; losses for experts; and a table of it all. */
export function Curves({ of }: { of: Told }) {
  const distance = values(of.measures, 'kernel').map(({ step, value }) => ({ step, value: -value }));
  return (
    <section>
      <Curve name="Likeness" says="How near the pictures are to your archive." values={distance} format={(value) => `distance ${(-value).toPrecision(3)}`} />
      <Variety of={of} />
      <Curve name="In-between" says="As far from faces as from your photographs." values={values(of.measures, 'in_between')} accent />
      <details>
        <summary>For experts: losses and augmentation</summary>
        {LOSSES.map(([name, word, says]) => (
          <Curve key={name} name={word} says={says} values={values(of.progress, name)} />
        ))}
        <Table of={of} />
      </details>
    </section>
  );
}

/** Against that of the photographs, where that is known. */
function Variety({ of }: { of: Told }) {
  const own = values(of.measures, 'variety');
  const archive = values(of.measures, 'variety_of_archive');
  const share = own.flatMap(({ step, value }) => archive.filter((one) => one.step === step && one.value > 0).map((one) => ({ step, value: value / one.value })));
  const known = own.length > 0 && share.length === own.length;
  return (
    <Curve
      name="Variety"
      says={known ? 'How different they are from each other, beside your photographs.' : 'How different they are from each other.'}
      values={known ? share : own}
      {...(known ? { format: (value: number) => `${Math.round(100 * value)} % of your archive’s` } : {})}
    />
  );
}

function values(points: Told['progress'], name: string): Value[] {
  return points.flatMap(({ step, metrics }) => {
    const value: unknown = metrics[name];
    return typeof value === 'number' ? [{ step, value }] : [];
  });
}

function Table({ of }: { of: Told }) {
  if (of.measures.length === 0) return null;
  return (
    <table class="small">
      <caption>Distances to the archive (EfficientNet-Lite0 features)</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Kernel</th>
          <th scope="col">Fréchet</th>
        </tr>
      </thead>
      <tbody>
        {of.measures.map(({ step, metrics }) => (
          <tr key={step}>
            <th scope="row">{number(step)}</th>
            <td>{shown(metrics['kernel'])}</td>
            <td>{shown(metrics['frechet'])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' ? value.toPrecision(3) : '';
}
