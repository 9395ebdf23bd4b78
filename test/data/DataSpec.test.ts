import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import {
  archive,
  checkSpec,
  digits,
  holdoutByPct,
  imageFolder,
  imagenetStats,
  normalise,
  withBatchSize,
  withCacheBytes,
  withSize,
  withValidBatchSize,
  type DataSpec
} from '../../src/data/index.js'

describe('a description', () => {
  it.each<[string, DataSpec]>([
    ['imageFolder', pipe(imageFolder('photos', { test: 'test', classes: ['a', 'b'] }), withSize([20, 30]))],
    ['digits', digits({ n: 100, path: 'here' })],
    ['archive', archive('https://example.org/a.tgz', { holdout: holdoutByPct(0.1, 3) })]
  ])('of %s is JSON', (_, spec) => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  })

  it('of digits has the sizes of MNIST_SAMPLE unless told otherwise', () => {
    expect(digits().source).toMatchObject({ train: 12_396, valid: 2_038 })
  })
})

describe('checkSpec', () => {
  it.each<[string, DataSpec]>([
    ['data.size', withSize(0)(imageFolder('x'))],
    ['data.size', withSize([10, 2.5])(imageFolder('x'))],
    ['data.bs', withBatchSize(Number.NaN)(imageFolder('x'))],
    ['data.validBs', withValidBatchSize(-1)(imageFolder('x'))],
    ['data.cacheBytes', withCacheBytes(-1)(imageFolder('x'))],
    ['data.normalise.stats', normalise({ mean: [0.5, 0.5], std: [1, 1] })(imageFolder('x'))],
    ['data.normalise.stats', normalise({ mean: [0.5], std: [0] })(imageFolder('x'))],
    ['data.source.holdout.pct', imageFolder('x', { holdout: holdoutByPct(1) })],
    ['data.source.classes', imageFolder('x', { classes: ['a', 'a'] })],
    ['data.source.train', digits({ n: 1 })]
  ])('finds what is wrong with %s', (path, spec) => {
    expect(checkSpec(spec).map((error) => error.path)).toContain(path)
  })

  it('reports all mistakes at once', () => {
    const spec = pipe(imageFolder('x'), withSize(-1), withBatchSize(0))
    expect(checkSpec(spec).map((error) => error.path)).toEqual(['data.size', 'data.bs'])
  })

  it('accepts the defaults', () => {
    expect(checkSpec(normalise(imagenetStats)(imageFolder('x')))).toEqual([])
  })
})
