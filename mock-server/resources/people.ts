/** Names of people: in order, so that the one of a rank can be told without making the others. */

const FIRST = (
  'Adam,Agnes,Ahmed,Aiko,Alejandra,Amara,Anders,Beatriz,Benoît,Carla,Chidi,Chloé,Dagny,Daniel,Deepa,Diego,Eleni,Emeka,Fatima,Felix,' +
  'Gabriel,Grace,Hana,Hugo,Ines,Ivan,Jamal,Jasmin,Joaquín,Kaede,Katarzyna,Kwame,Laila,Leon,Mateo,Mei,Mohammed,Nadia,Noah,Olga,' +
  'Oscar,Priya,Rafael,Rosa,Sofía,Sven,Thandiwe,Tomás,Yara,Zoë'
).split(',');
const LAST = (
  'Abe,Adeyemi,Andersson,Bauer,Becker,Brown,Castro,Chen,Cohen,Costa,Dubois,Fernández,Fischer,García,Gupta,Haddad,Hansen,Ivanova,' +
  'Jensen,Kang,Keller,Khan,Kowalski,Larsen,Lopez,Mensah,Moreau,Müller,Nakamura,Nguyen,Okafor,Park,Patel,Reyes,Rossi,Schmidt,Silva,' +
  'Smith,Tanaka,Wójcik'
).split(',');
const NAMES = FIRST.length * LAST.length;

/** A person's name. */
export interface PersonName {
  readonly full: string;
  /** The part of a mail address before the `@`. */
  readonly mailbox: string;
}

const mailboxes = {
  first: FIRST.map(plain),
  last: LAST.map(plain),
};

/** The name of rank `rank` of `count`, at most 1000: all are different and rise with the rank. `draw` is in [0, 1). */
export function nameOf(rank: number, count: number, draw: number): PersonName {
  const place = Math.floor((rank * NAMES) / count) + (draw < 0.5 ? 0 : 1);
  const first = Math.floor(place / LAST.length);
  const last = place % LAST.length;
  return {
    full: `${FIRST[first]} ${LAST[last]}`,
    mailbox: `${mailboxes.first[first]}.${mailboxes.last[last]}`,
  };
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
}
