import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { total } from './counts.js'
import { DOCUMENT, document } from './document.js'
import { failures, refusals } from './known.js'
import type { Outcome } from './Outcome.js'
import { runBothWays } from './suite.js'
import { surprisesOf } from './surprises.js'

const none = { fresh: [], mended: [] }

describe("tfjs-core's own specs", () => {
  let outcomes: ReadonlyArray<Outcome> = []
  let refused: ReadonlyArray<Outcome> = []
  beforeAll(async () => {
    const both = await runBothWays()
    outcomes = both.outcomes
    refused = both.refused
  }, 300_000)

  it('number about four thousand', () => {
    expect(outcomes.length).toBeGreaterThan(4_200)
    expect(refused).toHaveLength(outcomes.length)
    expect(total(outcomes).passed).toBeGreaterThan(4_200)
  })

  it('pass on the onnxruntime backend except for known failures', () => {
    expect(surprisesOf(outcomes, failures)).toEqual(none)
  })

  it('pass without fallback except where one is known to be needed', () => {
    expect(surprisesOf(refused, [...failures, ...refusals])).toEqual(none)
  })

  it('all pass on the cpu backend, by the command', () => {
    const { status, stdout } = spawnSync(process.execPath, ['test/conformance/run.mjs', '--engine', 'cpu'], {
      encoding: 'utf8'
    })
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^4\d{3} passed, 0 failed$/)
    expect(status).toBe(0)
  })

  it('are counted in the documentation', async () => {
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(await document(outcomes, refused))
  })
})
