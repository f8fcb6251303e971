// Builds the package: one module, readable, with nothing in it but this project's own code.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    target: 'es2022',
    minify: false,
    reportCompressedSize: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'visavis-client' },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
