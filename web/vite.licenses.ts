// The notices of what others have made and the web client ships, as one file beside it: /licenses.txt. Whose code is in
// it the build tells; what has no licence to show, or one that nobody has thought about, fails the build.

import { readFileSync } from 'node:fs';
import { createViteLicensePlugin } from 'rollup-license-plugin';
import type { Plugin } from 'vite';

const FILE = 'licenses.txt';
const LINE = '='.repeat(78);

/** What may be shipped as long as its notice is. */
const ACCEPTED = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  '(MIT OR Apache-2.0)',
]);

/** In bundles of their own, those of workers, where the build does not look. */
const OF_WORKERS = ['@twilio/video-processors'];

/** Comes within a package, and is somebody else's. */
const WITHIN = [
  {
    name: 'MediaPipe Selfie Segmentation (landscape), the model within @twilio/video-processors',
    notice: 'Copyright The MediaPipe Authors',
  },
  {
    name: 'TensorFlow Lite, as WebAssembly within @twilio/video-processors',
    notice: 'Copyright The TensorFlow Authors',
  },
];

interface Package {
  name: string;
  version: string;
  license: string;
  licenseText: string | null;
}

export function licenses(): Plugin {
  const path = (name: string): string => new URL(name, import.meta.url).pathname;
  return createViteLicensePlugin({
    outputFilename: false,
    includePackages: () => OF_WORKERS.map((name) => path(`node_modules/${name}`)),
    // Says it in its file LICENSE alone.
    licenseOverrides: { 'svelte-toolbelt': 'MIT' },
    unacceptableLicenseTest: (license) => !ACCEPTED.has(license),
    additionalFiles: {
      [FILE]: (packages) => written(packages, readFileSync(path('licenses/Apache-2.0.txt'), 'utf8')),
    },
  });
}

function written(packages: Package[], apache: string): string {
  const parts = [...packages]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, licenseText }) => {
      if (licenseText === null) throw new Error(`${name} has no text of its licence`);
      return `${name} ${version} (${license.replace(/^\((.*)\)$/, '$1')})\n\n${licenseText.trim()}`;
    });
  const within = WITHIN.map(({ name, notice }) => `${name} (Apache-2.0)\n\n${notice}`);
  const all = [...parts, ...within, `Apache-2.0, for those above that name it\n\n${apache.trim()}`];
  return `What others have made, and Visavis ships in its pages, with their notices.\n\n${all.map((part) => `${LINE}\n${part}\n`).join('\n')}`;
}
