/**
 * HTTP dates (RFC 9110, section 5.6.7): the one form that is sent today and the two old ones that must still be understood.
 * `Date.parse` is no use here: it takes "garbage 1" for a day in 2001.
 */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const time = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const forms = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${time} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]+, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) ${time} GMT$`),
  // Sun Nov  6 08:49:37 1994
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
];

/** Epoch milliseconds of an HTTP date, or null when the text is none. Two-digit years are of this century. */
export function parseHttpDate(text: string): number | null {
  for (const form of forms) {
    const part = form.exec(text)?.groups;
    if (part !== undefined) {
      const month = months.indexOf(part['month'] ?? '');
      const year = Number(part['year']);
      const [day, hour, minute, second] = [part['day'], part['hour'], part['minute'], part['second']].map(Number) as [
        number,
        number,
        number,
        number,
      ];
      if (month < 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
      return Date.UTC(year < 100 ? 2000 + year : year, month, day, hour, minute, second);
    }
  }
  return null;
}
