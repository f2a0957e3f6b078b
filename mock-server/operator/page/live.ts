/** The live page at work: takes updates in, shows them, sends orders. */
import type { LiveUpdate } from '../snapshot.ts';
import type { drawChart } from './chart.ts';
import type { Kit } from './kit.ts';
import type { showCauses, showDecisions, showLimits } from './panels.ts';

/** The functions that show parts of an update. */
export interface Parts {
  readonly kit: Kit;
  readonly drawChart: typeof drawChart;
  readonly showCauses: typeof showCauses;
  readonly showLimits: typeof showLimits;
  readonly showDecisions: typeof showDecisions;
}

/** Runs the page. */
export function runLive({ kit, drawChart, showCauses, showLimits, showDecisions }: Parts): void {
  const { at, el, show, count } = kit;
  let latest: LiveUpdate | null = null;
  let paused = false;
  /** Colours are given to causes as they first reject, and kept while the policy stays. */
  let colours = new Map<string, number>();
  let coloured = '';

  const giveColours = ({ state }: LiveUpdate): void => {
    if (coloured !== state.policy.name) colours = new Map();
    coloured = state.policy.name;
    for (const { cause, count: times } of state.totals)
      if (cause !== null && times > 0 && !colours.has(cause)) colours.set(cause, Math.min(7, colours.size + 1));
  };
  const slider = at('second') as HTMLInputElement;
  /** Seconds before now that are read; null: the reader is at the right end. */
  const readSecond = ({ state }: LiveUpdate): number =>
    Math.floor(state.clock.nowMs / 1000) - (299 - Number(slider.value));

  const showReading = (update: LiveUpdate): void => {
    const second = readSecond(update);
    const found = update.seconds.find(({ atMs }) => atMs === second * 1000);
    const rejected = Object.entries(found?.rejected ?? {}).map(([cause, times]) => `${count(times)} by ${cause}`);
    const words = `${kit.time(second * 1000)} UTC: ${count(found?.admitted ?? 0)} admitted, ${rejected.length === 0 ? 'none' : rejected.join(', ')} rejected`;
    show(at('reading'), [words]);
    slider.setAttribute('aria-valuetext', words);
    drawChart(kit, at('chart'), { seconds: update.seconds, nowMs: update.state.clock.nowMs, colours, read: second });
  };
  const fact = (id: string, text: string) => show(at(id), [text]);

  const showFacts = ({ state }: LiveUpdate): void => {
    const { policy, clock } = state;
    const rejected = state.totals.reduce((sum, { cause, count: times }) => sum + (cause === null ? 0 : times), 0);
    fact('title', policy.title);
    fact('name', policy.name);
    fact('description', policy.description);
    fact('url', state.url);
    fact('clock', new Date(clock.nowMs).toISOString().slice(0, 19).replace('T', ' '));
    fact('speed', clock.speed === 0 ? 'stands still' : `×${clock.speed}`);
    fact('in-service', count(state.inService));
    fact('admitted', count(state.totals[0]?.count ?? 0));
    fact('rejected', count(rejected));
    fact('since', `${kit.time(state.sinceMs)} UTC`);
    document.title = `${count(rejected)} rejected · ${policy.name} · ratelab`;
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-speed]'))
      button.setAttribute('aria-pressed', String(Number(button.dataset['speed']) === clock.speed));
  };

  const showPolicies = ({ state }: LiveUpdate): void => {
    const select = at('policy') as HTMLSelectElement;
    const names = [...new Set([...state.policies, state.policy.name])];
    if (select.dataset['names'] === names.join('\n')) return;
    select.dataset['names'] = names.join('\n');
    select.replaceChildren(...names.map((name) => el('option', { value: name }, [name])));
    select.value = state.policy.name;
  };

  const showAll = (update: LiveUpdate): void => {
    giveColours(update);
    showFacts(update);
    showPolicies(update);
    showReading(update);
    showCauses(kit, at('causes'), update.state, update.seconds, colours);
    showLimits(kit, at('limits'), update.state.limits);
    showDecisions(kit, at('decisions'), update.decisions, colours);
  };

  const connection = (text: string, state: string): void => {
    at('connection').dataset['state'] = state;
    show(at('connection-text'), [text]);
  };
  const stream = new EventSource('/events');
  stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
    latest = JSON.parse(data) as LiveUpdate;
    connection(paused ? 'paused' : 'live', paused ? 'paused' : 'live');
    if (!paused) showAll(latest);
  });
  stream.addEventListener('error', () =>
    connection(
      stream.readyState === EventSource.CLOSED
        ? 'refused: open the address that was printed at start'
        : 'not connected, trying again',
      'off',
    ),
  );

  const say = (text: string): void => show(at('said'), [text]);
  const order = async (method: string, path: string, body: string, done: string): Promise<void> => {
    try {
      const response = await fetch(path, { method, body });
      const answer = (await response.json()) as { message?: string };
      say(response.ok ? done : (answer.message ?? `The answer was ${response.status}.`));
    } catch {
      say('The gateway did not answer.');
    }
  };
  const onClick = (selector: string, act: (button: HTMLButtonElement) => void): void => {
    for (const button of document.querySelectorAll<HTMLButtonElement>(selector))
      button.addEventListener('click', () => act(button));
  };
  onClick('#reset', () => void order('POST', '/reset', '', 'All buckets are full again.'));
  onClick('[data-advance]', (button) => {
    const advanceMs = Number(button.dataset['advance']);
    void order('POST', '/clock', JSON.stringify({ advanceMs }), `The clock moved on by ${advanceMs / 1000} s.`);
  });
  onClick('[data-speed]', (button) => {
    const speed = Number(button.dataset['speed']);
    const done = speed === 0 ? 'The clock stands still.' : `The clock runs at ×${speed}.`;
    void order('POST', '/clock', JSON.stringify({ speed }), done);
  });
  onClick('#pause', (button) => {
    paused = !paused;
    button.setAttribute('aria-pressed', String(paused));
    connection(paused ? 'paused' : 'live', paused ? 'paused' : 'live');
    if (!paused && latest !== null) showAll(latest);
  });
  at('change').addEventListener('submit', (event) => {
    event.preventDefault();
    const { value } = at('policy') as HTMLSelectElement;
    void order('PUT', '/policy', JSON.stringify(value), `The policy is ${value} now, with full buckets.`);
  });
  const redraw = (): void => {
    if (latest !== null) showReading(latest);
  };
  slider.addEventListener('input', redraw);
  addEventListener('resize', redraw);
}
