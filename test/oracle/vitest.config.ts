import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import OracleReporter from './reporter.js'

export default defineConfig({
  // an architecture of a check is an example's, which imports the package by its name
  resolve: { alias: [{ find: /^graft-vision$/, replacement: join(import.meta.dirname, '../../src/index.ts') }] },
  test: {
    root: import.meta.dirname,
    include: ['oracle.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    reporters: [new OracleReporter()]
  }
})
