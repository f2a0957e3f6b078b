import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { encodeIndexedPng } from './indexed-png.ts';

/** The pixels of an encoded image, as another decoder reads them. */
async function decoded(png: Buffer): Promise<Uint8ClampedArray> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

function pixels(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => readonly [number, number, number],
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([...colourAt(x, y), 255], (y * width + x) * 4);
  return data;
}

describe('encodeIndexedPng', () => {
  it('encodeIndexedPng keeps every pixel of an image of few colours', async () => {
    const flat = pixels(17, 9, (x, y) => (x > y ? [251, 251, 249] : x === y ? [62, 121, 230] : [188, 90, 20]));
    expect(await decoded(encodeIndexedPng(flat, 17, 9))).toEqual(flat);
  });

  it('encodeIndexedPng moves no pixel far when there are too many colours', async () => {
    const gradient = pixels(256, 4, (x) => [x, x, x]);
    const result = await decoded(encodeIndexedPng(gradient, 256, 4));
    const furthest = Math.max(...gradient.map((value, index) => Math.abs(value - (result[index] as number))));
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(48);
  });

  it('encodeIndexedPng gives equal pixels equal bytes', () => {
    const noisy = () => pixels(64, 64, (x, y) => [(x * 7) % 256, (y * 13) % 256, (x * y) % 256]);
    expect(encodeIndexedPng(noisy(), 64, 64).equals(encodeIndexedPng(noisy(), 64, 64))).toBe(true);
  });
});
