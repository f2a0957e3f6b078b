/** The gate as JUnit XML: one test case per check. */
import { formatCheck } from '../../gate/format-value.ts';
import { type Check, type GateResult, type Remark, UNSETTLED, worstFirst } from '../../gate/verdict.ts';

/** The file's text. What settles nothing is `skipped`, with its reason; a failure's whole text stands in its body, as some readers drop the rest. */
export function renderGateJunit({ headline, checks, remarks }: GateResult): string {
  const blocking = remarks.filter(({ blocks }) => blocks);
  const cases = [...blocking.map(remarkCase), ...worstFirst(checks).map(checkCase)];
  const failures = cases.filter((text) => text.includes('<failure ')).length;
  const skipped = cases.filter((text) => text.includes('<skipped ')).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ratelab gate" ${counts}>`,
    ` <testsuite name=${quoted(headline)} ${counts}>`,
    ...cases,
    ' </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function remarkCase({ name, text }: Remark): string {
  return `  <testcase classname="gate" name=${quoted(name)} time="0"><skipped message=${quoted(text)}/></testcase>`;
}

function checkCase(check: Check): string {
  const head = `  <testcase classname=${quoted(check.scenario)} name=${quoted(`${check.strategy} - ${check.metric}`)} time="0"`;
  const told = [check.verdict, formatCheck(check)].filter(Boolean).join(': ');
  if (check.verdict === 'regressed' && check.level === 'error')
    return `${head}><failure message=${quoted(told)} type="regressed">${escaped(`${check.key}\n${told}`)}</failure></testcase>`;
  if (UNSETTLED.has(check.verdict) || check.verdict === 'regressed')
    return `${head}><skipped message=${quoted(check.level === 'warn' ? `warn, ${told}` : told)}/></testcase>`;
  return `${head}><system-out>${escaped(told)}</system-out></testcase>`;
}

function quoted(value: string): string {
  return `"${escaped(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
}

/** XML 1.0 has no characters for most controls, lone surrogates and two others, not even escaped ones. */
function escaped(value: string): string {
  return value
    .replaceAll(/[^\P{Cc}\n\t]|\p{Surrogate}|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
