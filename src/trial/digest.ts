/** The digest of a trial: equal digests mean that every attempt and every job went alike, to the bit. */
import { createHash, type Hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { TrialRecord } from '../metrics/record.ts';

type Column = Uint8Array | Uint16Array | Int16Array | Int32Array | Float64Array;

/** Hex SHA-256 over the record's columns, each preceded by its name and length, in little-endian bytes. */
export function digestOf({ attempts, planned, plan }: TrialRecord): string {
  const hash = createHash('sha256');
  const rows = attempts.count;
  const ofAttempts: Record<string, Column> = attemptColumns(attempts);
  for (const [name, column] of Object.entries(ofAttempts)) update(hash, `attempts.${name}`, column.subarray(0, rows));
  update(
    hash,
    'jobs.id',
    Int32Array.from(plan, (job) => job.id),
  );
  for (const [name, column] of Object.entries(plannedColumns(planned))) update(hash, `jobs.${name}`, column);
  return hash.digest('hex');
}

/** In this order for ever: it is part of what the digest means. */
function attemptColumns({ planned, sender, startMs, endMs, outcome, cause, status, items }: TrialRecord['attempts']) {
  return { planned, sender, startMs, endMs, outcome, cause, status, items };
}

function plannedColumns(planned: TrialRecord['planned']): Record<string, Column> {
  const { releaseMs, predecessorEndMs, handedMs, firstAttemptMs, endMs, outcome, attempts } = planned;
  return { releaseMs, predecessorEndMs, handedMs, firstAttemptMs, endMs, outcome, attempts };
}

function update(hash: Hash, name: string, column: Column): void {
  hash.update(`${name} ${column.length}\n`);
  hash.update(littleEndian(column));
}

function littleEndian(column: Column): Uint8Array {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  if (endianness() === 'LE' || column.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = Buffer.from(bytes);
  if (column.BYTES_PER_ELEMENT === 2) return copy.swap16();
  return column.BYTES_PER_ELEMENT === 4 ? copy.swap32() : copy.swap64();
}
