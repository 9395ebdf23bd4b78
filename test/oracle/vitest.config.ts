import { defineConfig } from 'vitest/config'
import OracleReporter from './reporter.js'

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['oracle.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    reporters: [new OracleReporter()]
  }
})
