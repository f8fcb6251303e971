import { describe, expect, it } from 'vitest';
import { cover, writeMask } from './mask';

describe('the mask', () => {
  it('shows a person whole and hides the background whole once nothing moves', () => {
    const before = new Float32Array(3);
    const pixels = new Uint8ClampedArray(12);
    for (let picture = 0; picture < 10; picture += 1) {
      writeMask(new Float32Array([0.05, 0.5, 0.95]), before, pixels);
    }
    expect(pixels[3]).toBe(0);
    expect(pixels[7]).toBeGreaterThan(40);
    expect(pixels[7]).toBeLessThan(215);
    expect(pixels[11]).toBe(255);
  });

  it('comes most of the way with the first picture, and touches opacity only', () => {
    const pixels = new Uint8ClampedArray([9, 8, 7, 6]);
    writeMask(new Float32Array([1]), new Float32Array(1), pixels);
    expect([...pixels.slice(0, 3)]).toEqual([9, 8, 7]);
    expect(pixels[3]).toBeGreaterThan(127);
    expect(pixels[3]).toBeLessThan(255);
  });
});

it.each([
  ['wider', { width: 200, height: 50 }, { x: 50, y: 0, width: 100, height: 50 }],
  ['higher', { width: 100, height: 200 }, { x: 0, y: 75, width: 100, height: 50 }],
  ['the same', { width: 20, height: 10 }, { x: 0, y: 0, width: 20, height: 10 }],
])('a picture that is %s fills the frame from its middle', (_, picture, part) => {
  expect(cover(picture, { width: 640, height: 320 })).toEqual(part);
});
