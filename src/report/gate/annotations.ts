/** The gate as GitHub annotations: workflow commands on standard output. */
import { formatCheck } from '../../gate/format-value.ts';
import { type Check, type GateResult, UNSETTLED, worstFirst } from '../../gate/verdict.ts';

/** GitHub shows ten annotations of a step. */
const ANNOTATIONS_MAX = 10;

/** At most ten, worst first; when there are more, the last one counts the rest. '' when there is nothing to annotate. */
export function renderGateAnnotations({ checks, remarks }: GateResult): string {
  const told = [
    ...worstFirst(checks)
      .filter(({ verdict }) => verdict === 'regressed' || UNSETTLED.has(verdict))
      .map(annotation),
    ...remarks
      .filter(({ blocks }) => blocks)
      .map(({ name, text }) => command('warning', `ratelab gate: ${name}`, text)),
  ];
  const shown = told.length > ANNOTATIONS_MAX ? told.slice(0, ANNOTATIONS_MAX - 1) : told;
  const more = told.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [command('warning', 'ratelab gate', `+${more} more`)])].join('');
}

function annotation(check: Check): string {
  const kind = check.verdict === 'regressed' && check.level === 'error' ? 'error' : 'warning';
  return command(kind, `${check.verdict}: ${check.key}`, formatCheck(check) || check.verdict);
}

/** A workflow command; a name must not be able to end it and begin another. */
function command(kind: 'error' | 'warning', title: string, message: string): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${kind} title=${property(title)}::${data(message)}\n`;
}
