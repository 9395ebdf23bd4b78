import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Vitest's own list would leave out test/dist.
const exclude = ['**/node_modules/**']

// Rooms whose tests leave nothing behind share a process and what is loaded into it: most of their time is loading.
const rooms = [
  ...['arch', 'attacks', 'bench', 'data', 'emit', 'engine', 'format', 'interpret', 'io', 'laws', 'learn'],
  ...['model', 'page', 'plan', 'recipe', 'rules', 'serve', 'types']
]
const shared = [...rooms.map((room) => `test/${room}/**/*.test.ts`), 'test/*.test.ts']
// These run the built command in their process, whose engine would take the place of the sources' own.
const command = ['test/cli/**/*.test.ts']
// Of these, the files that replace modules, or count what their process computed or holds.
const apart = [
  'engine/memory',
  'engine/onnxruntime/kernels',
  'engine/tensorflow',
  'engine/trainingBytes',
  'learn/memory',
  'io/readOnly'
].map((file) => `test/${file}.test.ts`)

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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: at('test/worker.mjs'),
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'shared', include: shared, exclude: [...exclude, ...apart], isolate: false } },
      { extends: true, test: { name: 'command', include: command, exclude, isolate: false } },
      { extends: true, test: { name: 'apart', include: apart, exclude } },
      {
        extends: true,
        test: { name: 'own', include: ['test/**/*.test.ts'], exclude: [...exclude, ...shared, ...command] }
      }
    ]
  }
})
