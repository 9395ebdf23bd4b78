import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { classification, multiLabel, regression, segmentation, type Task } from '../../src/data/index.js'
import {
  arch,
  constant,
  conv2d,
  customHead,
  defaultHead,
  flatten,
  type Head,
  head,
  type HeadOptions,
  kaimingNormal,
  type Layer,
  leaves,
  linear,
  numbered,
  adaptiveAvgPool2d,
  torchDefault,
  uncut,
  withHead
} from '../../src/model/index.js'
import { linearHead, plan } from '../../src/plan/index.js'

const kinds = (network: Layer) => leaves(network).map(({ layer }) => layer._tag)
const made = (nf: number, nc: number, options: Partial<HeadOptions> = {}) =>
  linearHead(nf, nc, { ...defaultHead, ...options })
const dropouts = (network: Layer) => leaves(network).flatMap(({ layer }) => (layer._tag === 'Dropout' ? [layer.p] : []))
const widths = (network: Layer) =>
  leaves(network).flatMap(({ layer }) => (layer._tag === 'Linear' ? [[layer.inFeatures, layer.outFeatures]] : []))

const body = uncut(arch({ name: 'one', network: conv2d(3, 16, 1) }))
const errorsOf = (h: Head, task?: Task) =>
  pipe(
    body,
    withHead(h),
    plan({ input: [3, 8, 8], ...(task === undefined ? {} : { task }) }),
    E.match(
      (errors) => errors.map((e) => [e._tag, e.path]),
      () => []
    )
  )
const two = classification(['a', 'b'])

describe('a linear head', () => {
  it('pools, flattens, and has one block per hidden width and one for the output', () => {
    expect(kinds(made(32, 2))).toEqual([
      'AdaptiveConcatPool2d',
      'Flatten',
      ...['BatchNorm', 'Dropout', 'Linear', 'Relu'],
      ...['BatchNorm', 'Dropout', 'Linear']
    ])
    expect(widths(made(32, 2, { linFtrs: [8, 4] }))).toEqual([
      [32, 8],
      [8, 4],
      [4, 2]
    ])
  })
  it('is a single block without hidden widths', () => {
    expect(kinds(made(32, 2, { linFtrs: [] }))).toEqual([
      'AdaptiveConcatPool2d',
      'Flatten',
      'BatchNorm',
      'Dropout',
      'Linear'
    ])
  })
  it('applies half of a single ps in all blocks but the last', () => {
    expect(dropouts(made(32, 2, { linFtrs: [8, 4], ps: 0.4 }))).toEqual([0.2, 0.2, 0.4])
    expect(dropouts(made(32, 2, { linFtrs: [8, 4], ps: [0.4] }))).toEqual([0.2, 0.2, 0.4])
  })
  it('uses a list of ps unchanged', () => {
    expect(dropouts(made(32, 2, { linFtrs: [8, 4], ps: [0.1, 0.2, 0.3] }))).toEqual([0.1, 0.2, 0.3])
  })
  it('omits a dropout of 0, and numbers the layers without it', () => {
    expect(leaves(made(32, 2, { ps: [0, 0.5] })).map((l) => [l.path, l.layer._tag])).toEqual([
      ['0', 'AdaptiveConcatPool2d'],
      ['1', 'Flatten'],
      ['2', 'BatchNorm'],
      ['3', 'Linear'],
      ['4', 'Relu'],
      ['5', 'BatchNorm'],
      ['6', 'Dropout'],
      ['7', 'Linear']
    ])
  })
  it('pools only by average without concatPool', () =>
    expect(kinds(made(32, 2, { concatPool: false }))[0]).toBe('AdaptiveAvgPool2d'))
  it('ends in a batch norm with momentum 0.01 with bnFinal', () => {
    expect(leaves(made(32, 2, { bnFinal: true })).at(-1)!.layer).toMatchObject({
      _tag: 'BatchNorm',
      features: 2,
      momentum: 0.01
    })
  })
  it('is initialised as chosen', () => {
    const inits = (init: HeadOptions['init']) =>
      leaves(made(32, 2, { init })).flatMap(({ layer }) =>
        layer._tag === 'Linear' ? [layer.weightInit, layer.biasInit] : []
      )
    expect(inits('kaimingNormal')).toEqual([kaimingNormal, constant(0), kaimingNormal, constant(0)])
    expect(inits('torchDefault')).toEqual([torchDefault, torchDefault, torchDefault, torchDefault])
  })
})

describe('a head on a body', () => {
  it('has as many outputs as the task', () => {
    const outputs = (task: Task) =>
      pipe(
        body,
        withHead(head()),
        plan({ input: [3, 8, 8], task }),
        E.map((p) => p.output)
      )
    expect([two, multiLabel(['x', 'y', 'z']), regression(), regression(4)].map(outputs)).toEqual(
      [[2], [3], [1], [4]].map((shape) => E.right(shape))
    )
  })
  it('doubles the features only with concatPool', () => {
    const first = (concatPool: boolean) =>
      pipe(
        body,
        withHead(head({ concatPool, linFtrs: [] })),
        plan({ input: [3, 8, 8], task: two }),
        E.map((p) => p.parameters.find(({ path }) => path === 'head.4.weight')?.shape)
      )
    expect([first(true), first(false)]).toEqual([E.right([2, 32]), E.right([2, 16])])
  })
  it('needs a task', () => expect(errorsOf(head())).toEqual([['TaskError', 'head']]))
  it('is rejected for segmentation', () => {
    expect(errorsOf(head(), segmentation(['road', 'sky']))).toEqual([['HeadError', 'head']])
  })
})

describe('a wrong head', () => {
  it.each([
    ['two ps for three blocks', { linFtrs: [8, 4], ps: [0.1, 0.2] }, 'head.ps'],
    ['no ps', { ps: [] }, 'head.ps'],
    ['a ps above 1', { ps: 1.5 }, 'head.ps'],
    ['a ps that is not a number', { ps: [0.5, NaN] }, 'head.ps'],
    ['a width of 0', { linFtrs: [0] }, 'head.linFtrs'],
    ['half a width', { linFtrs: [8, 0.5], ps: 0.5 }, 'head.linFtrs']
  ] as ReadonlyArray<readonly [string, Partial<HeadOptions>, string]>)('with %s is one error', (_, options, path) => {
    expect(errorsOf(head(options), two)).toEqual([['HeadError', path]])
  })
  it('reports every mistake', () => {
    expect(errorsOf(head({ linFtrs: [-1], ps: [2, 2, 2] }), two)).toEqual([
      ['HeadError', 'head.ps'],
      ['HeadError', 'head.ps'],
      ['HeadError', 'head.linFtrs']
    ])
  })
})

describe('a custom head', () => {
  const own = (outputs: number) => customHead(numbered(adaptiveAvgPool2d(1), flatten, linear(16, outputs)))

  it('is used unchanged', () => expect(errorsOf(own(2), two)).toEqual([]))
  it('needs no task', () => expect(errorsOf(own(5))).toEqual([]))
  it("must have the task's outputs", () => expect(errorsOf(own(3), two)).toEqual([['ShapeError', 'head']]))
  it("must accept the body's output", () => {
    expect(errorsOf(customHead(numbered(flatten, linear(7, 2))), two)).toEqual([['ShapeError', 'head.1']])
  })
})
