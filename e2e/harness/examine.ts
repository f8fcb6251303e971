// Looks at a screen in every size, light and dark: found without fault by axe, and photographed on demand.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Person } from './browsers';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RESULTS = join(import.meta.dirname, '../results');
const PHOTOGRAPH = process.env['VISAVIS_SCREENSHOTS'] !== undefined;
const SIZES = [
  { width: 360, height: 720 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const SCHEMES = ['light', 'dark'] as const;

/** Looks at a screen in every size, light and dark. */
export async function examine(
  person: Person,
  screen: string,
  sizes: readonly { width: number; height: number }[] = SIZES,
): Promise<void> {
  const faults: string[] = [];
  for (const scheme of SCHEMES) {
    await person.page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      // Colours on their way from one scheme to the other are nobody's choice.
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    for (const size of sizes) {
      await person.page.setViewport(size);
      // The controls are there as soon as somebody moves.
      await person.page.mouse.move(20 + Math.random() * 50, 200);
      if (PHOTOGRAPH) {
        mkdirSync(RESULTS, { recursive: true });
        await person.page.screenshot({
          path: join(RESULTS, `${screen}-${size.width}-${scheme}.png`) as `${string}.png`,
        });
      }
      faults.push(
        ...(await violations(person)).map((fault) => `${screen} ${size.width} ${scheme}: ${fault}`),
      );
      const wide = await person.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) faults.push(`${screen} ${size.width} ${scheme}: scrolls sideways`);
    }
  }
  await person.page.setViewport({ width: 1280, height: 720 });
  expect(faults.join('\n')).toBe('');
}

/** Runs axe beside the page's own scripts: the policy of the page lets nothing else in. */
async function violations(person: Person): Promise<string[]> {
  await person.page.evaluate(AXE);
  return person.page.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
    }
    const axe = (window as unknown as { axe: Axe }).axe;
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
    );
  });
}
