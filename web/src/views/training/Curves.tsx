import type { MomentBest, Curves as Told } from '../../api/client';
import { Curve, type Value } from '../../parts/Curve';
import { number } from '../../words';

const LOSSES: [string, string, string][] = [
  ['loss_g', 'Generator', 'Loss of the one that invents.'],
  ['loss_d', 'Discriminator', 'Loss of the one that judges.'],
  ['r_t', 'r_t', 'How much the judge knows the photographs by heart.'],
  ['augment_p', 'Augmentation', 'How often the photographs are altered, so that it does not.'],
  ['pictures_per_s', 'Speed', 'Pictures a second.'],
];

const BEST: Record<MomentBest['name'], string> = { likeness: 'nearest', variety: 'most various', in_between: 'furthest between' };

/** What is measured, in words of its own; a table of it; and losses for experts. */
export function Curves({ of, bests }: { of: Told; bests: MomentBest[] }) {
  const distance = values(of.measures, 'kernel').map(({ step, value }) => ({ step, value: -value }));
  const mark = (name: MomentBest['name']) => {
    const step = bests.find((best) => best.name === name)?.step ?? null;
    return step === null ? undefined : { step, words: `${BEST[name]} at step ${number(step)}` };
  };
  return (
    <section aria-label="What was measured">
      <Curve name="Likeness" says="How near the pictures are to your archive." values={distance} format={(value) => `distance ${(-value).toPrecision(3)}`} mark={mark('likeness')} />
      <Variety of={of} mark={mark('variety')} />
      <Curve name="In-between" says="As far from what it knew as from your photographs." values={values(of.measures, 'in_between')} accent mark={mark('in_between')} />
      <Table of={of} />
      <details>
        <summary>For experts: losses and augmentation</summary>
        {LOSSES.map(([name, word, says]) => (
          <Curve key={name} name={word} says={says} values={values(of.progress, name)} />
        ))}
      </details>
    </section>
  );
}

/** Against that of the photographs, where that is known. */
function Variety({ of, mark }: { of: Told; mark: { step: number; words: string } | undefined }) {
  const own = values(of.measures, 'variety');
  const archive = values(of.measures, 'variety_of_archive');
  const share = own.flatMap(({ step, value }) => archive.filter((one) => one.step === step && one.value > 0).map((one) => ({ step, value: value / one.value })));
  const known = own.length > 0 && share.length === own.length;
  return (
    <Curve
      name="Variety"
      says={known ? 'How different they are from each other, beside your photographs.' : 'How different they are from each other.'}
      values={known ? share : own}
      mark={mark}
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

const COLUMNS: [string, string][] = [
  ['kernel', 'To your archive'],
  ['kernel_to_base', 'To what it knew'],
  ['in_between', 'In-between'],
  ['variety', 'Variety'],
  ['frechet', 'Fréchet'],
];

/** The same in numbers, for those who cannot see a curve and those who want to know. */
function Table({ of }: { of: Told }) {
  const columns = COLUMNS.filter(([name]) => values(of.measures, name).length > 0);
  if (columns.length === 0) return null;
  return (
    <details>
      <summary>All measures in a table</summary>
      <div class="measured" role="region" aria-label="All measures in a table" tabIndex={0}>
        <table class="small">
          <caption>Kernel and Fréchet distances of EfficientNet-Lite0 features, at each moment</caption>
          <thead>
            <tr>
              <th scope="col">Step</th>
              {columns.map(([name, word]) => (
                <th key={name} scope="col">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.measures.map(({ step, metrics }) => (
              <tr key={step}>
                <th scope="row">{number(step)}</th>
                {columns.map(([name]) => (
                  <td key={name}>{shown(metrics[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' ? value.toPrecision(3) : '';
}
