// Builds the web client into dist/, with compressed forms beside each file for the server to choose from.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const COMPRESSED = /\.(js|css|html|svg|json|webmanifest|txt)$/;

/** Writes `.br` and `.gz` beside what gets smaller by it. */
function compress(): Plugin {
  return {
    name: 'visavis-compress',
    apply: 'build',
    enforce: 'post',
    // Of what lies on the disk at last: before that, others may still change what a chunk loads later.
    writeBundle({ dir = 'dist' }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!COMPRESSED.test(name)) continue;
        const source = readFileSync(join(dir, name));
        const brotli = brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        for (const [ending, bytes] of [
          ['br', brotli] as const,
          ['gz', gzipSync(source, { level: 9 })] as const,
        ]) {
          if (bytes.length < source.length) {
            writeFileSync(join(dir, `${name}.${ending}`), bytes);
          }
        }
      }
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
    svelte(),
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
  server: {
    proxy: { '/api': server, '/ws': { target: server, ws: true, changeOrigin: true } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
