import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // Tests, examples and documentation import the package by its name and get the sources.
    alias: [
      { find: /^graft-vision$/, replacement: at('src/index.ts') },
      { find: /^graft-vision\/(node|onnxruntime)$/, replacement: at('src/$1.ts') },
      { find: /^graft-vision\/laws$/, replacement: at('laws/index.ts') }
    ]
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Vitest's own list would leave out test/dist.
    exclude: ['**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2
  }
})
