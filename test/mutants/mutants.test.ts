import { afterAll, describe, expect, it } from 'vitest'
import { endBundler, mutants, tryMutant } from './mutate.mjs'

const long = process.env['GRAFT_LONG'] === '1'

afterAll(endBundler)

describe('a law fails when the line that it guards is changed', () => {
  for (const mutant of mutants.filter((m) => long || m.slow !== true))
    it(`${mutant.group} "${mutant.law}": ${mutant.find.trim()} -> ${mutant.replace.trim()}`, async () => {
      const { holds, killed, message } = await tryMutant(mutant)
      expect(holds, `without the mutant: ${message ?? ''}`).toBe(true)
      expect(killed).toBe(true)
    })
})
