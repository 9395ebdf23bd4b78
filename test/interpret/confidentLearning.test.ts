import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { confidentLearning, fitLogistic, logisticProbabilities, normalisedMargins } from '../../src/interpret/index.js'
import { left, right } from '../io/workplace.js'

/** What cleanlab and scikit-learn compute of the same numbers. */
interface Recorded {
  readonly thresholds: ReadonlyArray<number>
  readonly joint: ReadonlyArray<ReadonlyArray<number>>
  readonly margins: ReadonlyArray<number>
  readonly suspects: ReadonlyArray<number>
  readonly logistic: ReadonlyArray<ReadonlyArray<number>>
}

const recorded = JSON.parse(readFileSync(fileURLToPath(new URL('cleanlab.json', import.meta.url)), 'utf8')) as Recorded

const [n, k] = [90, 3]
const made = <A>(length: number, f: (i: number) => A): ReadonlyArray<A> => Array.from({ length }, (_, i) => f(i))
const softmax = (row: ReadonlyArray<number>): ReadonlyArray<number> => {
  const all = row.map((s) => Math.exp(3 * s))
  const sum = all.reduce((a, b) => a + b, 0)
  return all.map((e) => e / sum)
}
const probabilities = made(n, (i) =>
  softmax(made(k, (c) => ((i * (7 + 4 * c) * 31) % 97) / 97 + (i % k === c ? 0.7 : 0)))
)
const labels = made(n, (i) => (i + (i % 11 === 0 ? 1 : 0)) % k)
const features = made(n, (i) =>
  Float64Array.from(made(4, (f) => ((i * (5 + 3 * f) * 17) % 89) / 89 + (i % k === f ? 0.3 : 0)))
)

const expectClose = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>, digits: number): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits))
}

describe('confidentLearning', () => {
  const found = right(confidentLearning(labels, probabilities))

  it("has cleanlab's thresholds, joint, margins, and suspects in their order", () => {
    expectClose(found.thresholds, recorded.thresholds, 10)
    expect(found.joint).toEqual(recorded.joint)
    expectClose(normalisedMargins(labels, probabilities), recorded.margins, 10)
    expect(found.suspects.map(({ index }) => index)).toEqual(recorded.suspects)
    expect(recorded.suspects.length).toBeGreaterThan(3)
  })

  it('suspects no label where the given class is the most probable one', () => {
    const row = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const best = rows.map((one) => one.indexOf(Math.max(...one)))
        expect(right(confidentLearning(best, rows)).suspects).toEqual([])
      }),
      { seed: 3, numRuns: 50 }
    )
  })

  it('accepts no images and classes without images, and rejects arrays that do not match', () => {
    expect(right(confidentLearning([], [])).suspects).toEqual([])
    expect(
      right(
        confidentLearning(
          [0, 0],
          [
            [0.9, 0.1],
            [0.2, 0.8]
          ]
        )
      ).thresholds[1]
    ).toBe(Infinity)
    for (const [given, rows] of [
      [[0], []],
      [
        [0, 1],
        [[1, 0], [1]]
      ],
      [[2], [[1, 0]]],
      [[0.5], [[1, 0]]],
      [[0], [[NaN, 1]]]
    ] as const)
      expect(left(confidentLearning(given, rows))._tag).toBe('InterpretationError')
  })
})

describe('fitLogistic', () => {
  it("predicts as scikit-learn's LogisticRegression does", () => {
    const fitted = fitLogistic(features, labels, k, { c: 0.5, tolerance: 1e-9, iterations: 500 })
    expectClose(logisticProbabilities(fitted)(features).flat(), recorded.logistic.flat(), 5)
  })

  it('ends with constant features and with classes that can be separated', () => {
    const fitted = fitLogistic(
      made(6, (i) => Float64Array.of(1, i < 3 ? -1 : 1)),
      [0, 0, 0, 1, 1, 1],
      2,
      { c: 100 }
    )
    const predicted = logisticProbabilities(fitted)([Float64Array.of(1, -1), Float64Array.of(1, 1)])
    expect(predicted[0]![0]).toBeGreaterThan(0.95)
    expect(predicted[1]![1]).toBeGreaterThan(0.95)
  })
})
