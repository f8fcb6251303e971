// Builds the web client into dist/, with compressed forms beside each file for the server to choose from.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { languages } from './vite.languages.ts';
import { licenses } from './vite.licenses.ts';

const COMPRESSED = /\.(js|css|html|svg|json|webmanifest|txt|wasm|tflite)$/;

/** Writes `.br` and `.gz` beside what gets smaller by it. */
function compress(): Plugin {
  return {
    name: 'visavis-compress',
    apply: 'build',
    enforce: 'post',
    // After everybody else: a chunk is not done before the last one has written into it.
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const [name, output] of Object.entries(bundle)) {
          if (!COMPRESSED.test(name)) continue;
          const source = Buffer.from(output.type === 'chunk' ? output.code : output.source);
          const brotli = brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
          for (const [ending, bytes] of [
            ['br', brotli] as const,
            ['gz', gzipSync(source, { level: 9 })] as const,
          ]) {
            if (bytes.length < source.length) {
              this.emitFile({ type: 'asset', fileName: `${name}.${ending}`, source: bytes });
            }
          }
        }
      },
    },
  };
}

const server = process.env['VISAVIS_SERVER'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [
    // Tests draw nothing: they need no words.
    !process.env['VITEST'] &&
      paraglideVitePlugin({
        project: './project.inlang',
        outdir: './src/messages/compiled',
        strategy: ['baseLocale'],
        emitTsDeclarations: true,
      }),
    languages(['de', 'tr']),
    svelte(),
    licenses(),
    compress(),
  ],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: 'index.html', embed: 'src/features/embed/element.ts' },
      output: {
        // Other sites name this one: it has no hash.
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  // The host stays that of the page: the server takes changes from pages of its own host alone.
  server: {
    proxy: {
      '/api': { target: server },
      '/files': { target: server },
      '/ws': { target: server, ws: true },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
