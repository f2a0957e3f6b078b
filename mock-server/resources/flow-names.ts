/** What flows are called and of which kinds they are. */

/** Kinds of flows, each with how often it occurs (its weight) and what it is called in a name. */
const KINDS: readonly (readonly [type: string, weight: number, called: string])[] = [
  ['INBOUNDCALL', 24, 'Inbound Call'],
  ['INQUEUECALL', 14, 'In-Queue'],
  ['INBOUNDEMAIL', 8, 'Inbound Email'],
  ['INBOUNDSHORTMESSAGE', 10, 'Inbound Message'],
  ['INBOUNDCHAT', 4, 'Inbound Chat'],
  ['OUTBOUNDCALL', 6, 'Outbound'],
  ['SECURECALL', 3, 'Secure Payment'],
  ['SURVEYINVITE', 4, 'Survey Invite'],
  ['VOICESURVEY', 3, 'Voice Survey'],
  ['WORKFLOW', 10, 'Workflow'],
  ['COMMONMODULE', 8, 'Module'],
  ['BOT', 3, 'Bot'],
  ['DIGITALBOT', 3, 'Digital Bot'],
];
const WEIGHTS = KINDS.reduce((sum, [, weight]) => sum + weight, 0);
const SUBJECTS = (
  'Accounts,Appointments,Billing,Cancellations,Card Services,Claims,Closed Hours,Collections,Complaints,Customer Care,Deliveries,' +
  'Escalations,Feedback,Holidays,Language Selection,Loans,Mortgages,Orders,Outages,Password Reset,Payments,Renewals,Returns,Sales,' +
  'Technical Support,VIP'
).split(',');

/** All kinds of flows, in capitals. */
export const FLOW_TYPES: readonly string[] = KINDS.map(([type]) => type);

/** The kind that a draw in [0, 1) falls on. */
export function typeOf(draw: number): string {
  let left = draw * WEIGHTS;
  for (const [type, weight] of KINDS) {
    left -= weight;
    if (left < 0) return type;
  }
  return KINDS[0]![0];
}

/** The name of flow `rank` of a kind; the number makes it the only one of that name. `draw` is in [0, 1). */
export function flowNameOf(type: string, rank: number, draw: number): string {
  const called = KINDS.find(([kind]) => kind === type)?.[2] ?? type;
  return `${SUBJECTS[Math.floor(draw * SUBJECTS.length)]} ${called} ${String(rank + 1).padStart(3, '0')}`;
}
