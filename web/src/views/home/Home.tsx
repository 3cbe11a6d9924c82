import { answer, GET } from '../../api/client';
import { useLoad } from '../../api/load';
import { Chooser } from '../../uploads/Dropping';
import './home.css';
import { Lately } from './Lately';
import { Strip } from './Strip';

const STEPS: [string, string][] = [
  ['Collect', 'Gather what you have: a folder, a zip, a tar. 500 pictures are a good start, 3,000 lovely, 8 the least.'],
  ['Upload', 'Drop everything at once. Nothing is changed and nothing leaves this machine.'],
  ['Choose', 'Pick what the network already knows, and for how long it should look at your pictures.'],
  ['Run', 'Watch faces dissolve into memories. Keep the moments you like; stop whenever you want.'],
];

const FEWEST_FRAMES = 4; // a shorter run shows no way

/** The question, the film strip of the last training, the four steps; and where one left off. */
export default function Home() {
  const last = useLoad('last training', async () => {
    const jobs = (await answer(GET('/jobs', { params: { query: { kind: 'train', limit: 20 } } }))).items;
    const job = jobs.find((one) => one.preview !== null);
    if (!job) return null;
    const sheets = await answer(GET('/jobs/{job_id}/sheets', { params: { path: { job_id: job.id } } }));
    return sheets.length >= FEWEST_FRAMES ? { job: job.id, sheets } : null;
  });
  return (
    <div class="page home">
      <section class="question">
        <h1 tabIndex={-1}>What would your photographs dream of?</h1>
        <div class="stack">
          <p class="lead">
            A network that has seen only faces looks through your archive, again and again, and slowly begins to remember it.
            You watch, and keep what you find.
          </p>
          <div class="row">
            <Chooser look="primary" icon="bring" label="Bring your photographs" />
            <Chooser look="outline" folder label="Bring a folder" />
          </div>
          <p class="small">Or drop a zip, a folder or pictures anywhere on this page.</p>
        </div>
      </section>
      {last.value !== undefined && <Strip of={last.value} />}
      <ol class="steps">
        {STEPS.map(([title, text], index) => (
          <li key={title}>
            <h2>
              <span>{index + 1}</span> {title}
            </h2>
            <p class="small">{text}</p>
          </li>
        ))}
      </ol>
      <Lately />
    </div>
  );
}
