/** Every case of every file in ORACLE_DIR, this folder where it is not set, as a test of its own. */
import { describe, expect, it } from 'vitest'
import { unchecked } from './Comparison.js'
import { oracleFiles } from './run.js'

/** Real weights on a thousand pictures, while the machine does other things. */
const timeout = 600_000

for (const { name, cases } of oracleFiles(process.env['ORACLE_DIR'] || import.meta.dirname))
  describe(name, () => {
    if (cases === null) {
      it.skip(unchecked)
      return
    }
    for (const { name: title, run } of cases)
      it(title, { timeout }, async ({ skip }) => {
        const outcome = await run()
        if (outcome._tag === 'Pending') skip(`pending: ${outcome.until}`)
        if (outcome._tag === 'Failed') expect.fail(outcome.differences.join('\n'))
      })
  })
