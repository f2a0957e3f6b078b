/**
 * PNG with a palette: a chart has a few flat colours and their edges, so 20 palette entries look like its 1,700 true colours and take a
 * sixth of the bytes. Format: PNG specification, third edition, sections 5 and 11.
 */
import { crc32, deflateSync } from 'node:zlib';

const paletteMax = 20;
/** Colours nearer than this (sum of channel differences) share a palette entry. */
const nearest = 32;

/** Encodes opaque RGBA pixels, row by row from the top. */
export function encodeIndexedPng(pixels: Uint8ClampedArray, width: number, height: number): Buffer {
  const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const { palette, indexOf } = quantize(colours);
  const rows = Buffer.alloc(height * (width + 1));
  let last = colours[0] as number;
  let index = indexOf.get(last) as number;
  for (let y = 0, at = 0; y < height; y++) {
    const start = y * (width + 1) + 1;
    for (let x = 0; x < width; x++, at++) {
      // Neighbours are mostly equal: looking a colour up only where it changes is ten times faster.
      if (colours[at] !== last) index = indexOf.get((last = colours[at] as number)) as number;
      rows[start + x] = index;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // bits per sample, palette colour, deflate, adaptive filters, no interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Red, green, blue of a little-endian RGBA word. */
const channels = (colour: number) => [colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255];

function distance(a: number, b: number): number {
  return (
    Math.abs((a & 255) - (b & 255)) +
    Math.abs(((a >>> 8) & 255) - ((b >>> 8) & 255)) +
    Math.abs(((a >>> 16) & 255) - ((b >>> 16) & 255))
  );
}

/** The most frequent colours that are told apart, and for every colour its nearest of them. Total order: same pixels, same palette. */
function quantize(colours: Uint32Array): { palette: number[]; indexOf: Map<number, number> } {
  const counts = new Map<number, number>();
  for (let at = 0, start = 0; at < colours.length; at++) {
    if (colours[at + 1] === colours[at]) continue;
    const colour = colours[at] as number;
    counts.set(colour, (counts.get(colour) ?? 0) + at + 1 - start);
    start = at + 1;
  }
  const frequent = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const palette: number[] = [];
  for (const colour of frequent) {
    if (palette.length === paletteMax) break;
    if (palette.every((taken) => distance(taken, colour) > nearest)) palette.push(colour);
  }
  return { palette, indexOf: new Map(frequent.map((colour) => [colour, closest(palette, colour)])) };
}

function closest(palette: readonly number[], colour: number): number {
  let best = 0;
  for (let index = 1; index < palette.length; index++) {
    if (distance(palette[index] as number, colour) < distance(palette[best] as number, colour)) best = index;
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
