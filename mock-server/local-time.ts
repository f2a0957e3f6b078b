const HOUR_MS = 3_600_000;

/** One local hour: which of the day's 24, and when it ends. */
export interface LocalHour {
  readonly hour: number;
  readonly endMs: number;
}

/** The local hour of an IANA zone around an instant. Asks the time zone database once per call: keep the answer until `endMs`. */
export function localHourAt(format: Intl.DateTimeFormat, atMs: number): LocalHour {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const intoHourMs = (parts.get('minute') ?? 0) * 60_000 + (parts.get('second') ?? 0) * 1000 + (atMs % 1000);
  return { hour: (parts.get('hour') ?? 0) % 24, endMs: atMs - intoHourMs + HOUR_MS };
}

/** By zone: making a format takes as long as hundreds of background requests, and one trial may make fifty gateways. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** A format for {@link localHourAt}. */
export function localHourFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = newFormat(timeZone);
    formats.set(timeZone, format);
  }
  return format;
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-u-hc-h23-nu-latn', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
