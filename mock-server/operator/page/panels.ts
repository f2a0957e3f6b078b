/** The live page's lists: causes with their totals, buckets of each limit, the last decisions. */
import type { ShownLimit, Snapshot } from '../snapshot.ts';
import type { Second, ShownDecision } from '../telemetry.ts';
import type { Kit } from './kit.ts';

/** Shows decisions by cause; it is the chart's legend too. */
export function showCauses(
  kit: Kit,
  place: HTMLElement,
  { totals, clock }: Snapshot,
  seconds: readonly Second[],
  colours: ReadonlyMap<string, number>,
): void {
  const all = totals.reduce((sum, { count }) => sum + count, 0);
  const recent = seconds.filter(({ atMs }) => atMs > clock.nowMs - 11_000 && atMs <= clock.nowMs - 1000);
  const rows = totals.map(({ status, cause, count }) => {
    const colour = cause === null ? 0 : (colours.get(cause) ?? null);
    const lately = recent.reduce(
      (sum, each) => sum + (cause === null ? each.admitted : (each.rejected[cause] ?? 0)),
      0,
    );
    const swatch = kit.el('span', { class: colour === null ? 'swatch' : `swatch b${colour}`, 'aria-hidden': 'true' });
    return kit.el('tr', count === 0 && cause !== null ? { class: 'none' } : {}, [
      kit.el('th', { scope: 'row' }, [swatch, ...kit.breakable(cause ?? 'admitted')]),
      kit.el('td', {}, [status === 0 ? '–' : String(status)]),
      kit.el('td', {}, [kit.count(count)]),
      kit.el('td', {}, [kit.share(count, all)]),
      kit.el('td', {}, [kit.count(lately / 10)]),
    ]);
  });
  kit.show(place, rows);
}

/** Shows each limit with its emptiest buckets. */
export function showLimits(kit: Kit, place: HTMLElement, limits: readonly ShownLimit[]): void {
  const seconds = (ms: number) => `${kit.count(ms / 1000)}\u00A0s`;
  const rule = ({ algorithm }: ShownLimit): string => {
    if (algorithm.kind === 'concurrency') return `${kit.count(algorithm.limit)} in service at once`;
    if (algorithm.kind === 'token-bucket')
      return `bucket of ${kit.count(algorithm.capacity)}, refills ${algorithm.refillPerSecond}/s`;
    if (algorithm.kind === 'sliding-window-log')
      return `${kit.count(algorithm.limit)} in any ${seconds(algorithm.windowMs)}`;
    const kind = algorithm.kind === 'fixed-window' ? 'fixed window' : 'sliding counter';
    return `${kit.count(algorithm.limit)} per ${seconds(algorithm.windowMs)}, ${kind}`;
  };
  const units = (free: number) => kit.count(Math.floor(free * 10) / 10);
  const bar = (part: number) => {
    const drawing = kit.svg('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    drawing.append(kit.svg('rect', { class: 'track', width: '100', height: '1' }));
    const fill = part < 0.1 ? 'low' : 'fill';
    drawing.append(kit.svg('rect', { class: fill, width: (Math.max(0, part) * 100).toFixed(1), height: '1' }));
    return drawing;
  };
  const bucket = ({ label, free, capacity }: ShownLimit['emptiest'][number]) =>
    kit.el('li', {}, [
      kit.el('span', { class: 'key' }, [label]),
      kit.el('span', { class: 'level' }, [
        free < 1 ? kit.el('strong', {}, ['empty']) : `${units(free)} free`,
        ` of ${kit.count(capacity)}`,
      ]),
      bar(free / capacity),
    ]);
  const howMany = ({ buckets, cut, emptiest }: ShownLimit): string => {
    if (buckets === 0) return 'No bucket yet: nothing was counted.';
    const all = `${kit.count(buckets)}${cut ? ' or more' : ''} ${buckets === 1 ? 'bucket' : 'buckets'}`;
    return buckets > emptiest.length ? `The ${emptiest.length} emptiest of ${all}.` : `${all}.`;
  };
  const cards = limits.map((limit) =>
    kit.el('li', { class: 'limit' }, [
      kit.el('h3', {}, kit.breakable(limit.name)),
      kit.el('p', { class: 'rule' }, [
        `${rule(limit)}, ${limit.scope.length === 0 ? 'over all traffic' : `by ${limit.scope.join(' + ')}`}`,
        kit.el('span', { class: 'source' }, [limit.source]),
      ]),
      kit.el('ul', { class: 'buckets' }, limit.emptiest.map(bucket)),
      kit.el('p', { class: 'note' }, [howMany(limit)]),
    ]),
  );
  kit.show(place, cards.length > 0 ? cards : [kit.el('li', { class: 'note' }, ['This policy has no limits.'])]);
}

/** Shows the last decisions. */
export function showDecisions(
  kit: Kit,
  place: HTMLElement,
  decisions: readonly ShownDecision[],
  colours: ReadonlyMap<string, number>,
): void {
  const rows = decisions.map(({ atMs, org, client, method, path, status, cause, retryAfterMs }) => {
    const colour = cause === null ? 0 : (colours.get(cause) ?? 7);
    const swatch = kit.el('span', { class: `swatch b${colour}`, 'aria-hidden': 'true' });
    return kit.el('tr', {}, [
      kit.el('td', {}, [kit.time(atMs)]),
      kit.el('td', { class: 'why' }, [swatch, cause === null ? 'admitted' : `${status} ${cause}`]),
      kit.el('td', { class: 'number' }, [retryAfterMs === null ? '–' : `${kit.count(retryAfterMs / 1000)}\u00A0s`]),
      kit.el('td', { class: 'who' }, [org]),
      kit.el('td', { class: 'who' }, [client]),
      kit.el('td', { class: 'what' }, [`${method} ${path}`]),
    ]);
  });
  const empty = kit.el('tr', {}, [
    kit.el('td', { colspan: '6', class: 'note' }, ['Nothing has been decided yet. Send a request to the gateway.']),
  ]);
  kit.show(place, rows.length > 0 ? rows : [empty]);
}
