/** What a job has said in words, out of its events: read to where it stands, each event once a page. */
import { answer, GET, problemOf } from './client';

export interface Notice {
  code: string;
  text: string;
  step: number | null; // of the moment that it is about
}

const heard = new Map<string, { seq: number; notices: Notice[] }>(); // by job

/** The notices of a job so far, in the order of their saying. Its stream would go on as long as the job does. */
export async function noticesOf(id: string): Promise<Notice[]> {
  const { last_seq } = await answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } }));
  const known = heard.get(id) ?? { seq: 0, notices: [] };
  if (known.seq >= last_seq) return known.notices;
  const enough = new AbortController();
  const response = await fetch(`/jobs/${id}/events`, { headers: known.seq > 0 ? { 'Last-Event-ID': String(known.seq) } : {}, signal: enough.signal });
  if (!response.ok || !response.body) throw problemOf(null, response.status);
  const notices = [...known.notices];
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let seq = known.seq;
  let rest = '';
  while (seq < last_seq) {
    const { done, value } = await reader.read();
    if (done) break;
    const events = `${rest}${value}`.replaceAll('\r', '').split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      seq = Math.max(seq, Number(/^id: ?(\d+)$/m.exec(event)?.[1] ?? seq));
      if (/^event: ?notice$/m.test(event)) notices.push(noticeIn(/^data: ?(.*)$/m.exec(event)?.[1] ?? '{}'));
    }
  }
  enough.abort();
  heard.set(id, { seq, notices });
  return notices;
}

function noticeIn(json: string): Notice {
  const told: unknown = JSON.parse(json);
  const named = (name: string): unknown => (typeof told === 'object' && told !== null ? Reflect.get(told, name) : undefined);
  const step = named('step');
  return { code: String(named('code') ?? ''), text: String(named('text') ?? ''), step: typeof step === 'number' ? step : null };
}
