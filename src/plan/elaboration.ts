/** Builds a head's network from its options, its number of input channels and the task. */
import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  type Arch,
  batchNorm,
  channelAxis,
  concat,
  constant,
  defaultHead,
  dropout,
  flatten,
  type Head,
  type HeadOptions,
  kaimingNormal,
  type Layer,
  leaves,
  linear,
  meanTokens,
  numbered,
  relu,
  type Shape,
  showShape,
  takeToken,
  type TokenPool,
  torchDefault
} from '../model/index.js'
import { outputsOf, type Task } from '../data/index.js'
import { headError, type PlanError, taskError } from './PlanError.js'

/**
 * Dropout of each block: one number (or a list of one) gives `p` for the last block and `p/2` for the others; a longer
 * list is used unchanged.
 */
const dropouts = (ps: HeadOptions['ps'], blocks: number): ReadonlyArray<number> => {
  const list = typeof ps === 'number' ? [ps] : ps
  return list.length === 1
    ? Array.from({ length: blocks }, (_, i) => (i === blocks - 1 ? list[0]! : list[0]! / 2))
    : list
}

const optionErrors = (options: HeadOptions): ReadonlyArray<PlanError> => {
  const blocks = options.linFtrs.length + 1
  const ps = typeof options.ps === 'number' ? [options.ps] : options.ps
  const bad = ps.find((p) => !(p >= 0 && p <= 1))
  return [
    ...(ps.length === 1 || ps.length === blocks
      ? []
      : [
          headError(
            'head.ps',
            `1 or ${blocks} dropout probabilities (linFtrs has ${options.linFtrs.length}, so ${blocks} blocks)`,
            `${ps.length}`,
            `pass one number, or a list of ${blocks}`
          )
        ]),
    ...(bad === undefined ? [] : [headError('head.ps', 'probabilities in [0, 1]', String(bad), 'pass 0 to 1')]),
    ...(options.linFtrs.every((n) => Number.isInteger(n) && n > 0)
      ? []
      : [headError('head.linFtrs', 'positive integers', `[${options.linFtrs.join(', ')}]`, 'pass layer widths')])
  ]
}

/**
 * fastai's `create_head(nf, nc)` as a network: pooling to 1×1, flatten, and per block batch norm, dropout (omitted when
 * 0), linear and, but for the last block, ReLU; with `bnFinal` one more batch norm, of momentum 0.01. `nf` is the input
 * size of the first linear layer: with `concatPool` twice the body's channels. The options are not checked here; `plan`
 * does it.
 *
 * @example
 * import { linearHead, nn } from 'graft-vision'
 * import { defaultHead } from '../model/index.js'
 *
 * const kinds = nn.namedChildren(linearHead(1024, 3, { ...defaultHead, linFtrs: [] })).map(({ layer }) => layer._tag)
 * assert.deepStrictEqual(kinds, ['AdaptiveConcatPool2d', 'Flatten', 'BatchNorm', 'Dropout', 'Linear'])
 *
 * @category models
 * @since 0.1.0
 */
export const linearHead = (nf: number, nc: number, options: HeadOptions): Layer =>
  headOf([options.concatPool ? adaptiveConcatPool2d(1) : adaptiveAvgPool2d(1), flatten], nf, nc, options)

/** A head whose first layers pool to `nf` features. */
const headOf = (pooling: ReadonlyArray<Layer>, nf: number, nc: number, options: HeadOptions): Layer => {
  const widths = [nf, ...options.linFtrs, nc]
  const blocks = widths.length - 1
  const ps = dropouts(options.ps, blocks)
  const inits =
    options.init === 'kaimingNormal'
      ? { weightInit: kaimingNormal, biasInit: constant(0) }
      : { weightInit: torchDefault, biasInit: torchDefault }
  return numbered(
    ...pooling,
    ...Array.from({ length: blocks }, (_, i) => [
      batchNorm(widths[i]!),
      ...(ps[i] === 0 ? [] : [dropout(ps[i]!)]),
      linear(widths[i]!, widths[i + 1]!, inits),
      ...(i === blocks - 1 ? [] : [relu])
    ]).flat(),
    ...(options.bnFinal ? [batchNorm(nc, { momentum: 0.01 })] : [])
  )
}

/**
 * fastai's `create_head(nf, nc)` as a function of its own: `linearHead` with the defaults of `head`, and all mistakes
 * in the options as errors. `nf` is the input size of the first linear layer: with `concatPool`, the default, twice the
 * body's channels.
 *
 * @example
 * import { createHead, nn } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const made = createHead(1024, 3, { linFtrs: [] })
 * assert.ok(E.isRight(made))
 * assert.strictEqual(nn.namedChildren(made.right).length, 5)
 *
 * @category models
 * @since 0.1.0
 */
export const createHead = (
  nf: number,
  nc: number,
  options: Partial<HeadOptions> = {}
): E.Either<ReadonlyNonEmptyArray<PlanError>, Layer> => {
  const chosen: HeadOptions = { ...defaultHead, ...options }
  const errors = [
    ...[nf, nc].flatMap((n, i) =>
      Number.isInteger(n) && n > 0
        ? []
        : [headError(i === 0 ? 'nf' : 'nc', 'a positive integer', String(n), 'pass the number of features')]
    ),
    ...optionErrors(chosen)
  ]
  return RA.isNonEmpty(errors) ? E.left(errors) : E.right(linearHead(nf, nc, chosen))
}

/** How many learned tokens a body puts before those of patches. */
const prefixOf = (body: Layer): number =>
  leaves(body).reduce((n, { layer }) => n + (layer._tag === 'LearnedTokens' ? layer.count : 0), 0)

/** The pooling of the architecture's own classifier; the mean, if it has none. */
const ownPool = (arch: Arch): TokenPool =>
  leaves(arch.network).findLast(({ layer }) => layer._tag === 'TakeToken' || layer._tag === 'MeanTokens')?.layer
    ._tag === 'TakeToken'
    ? 'classToken'
    : 'mean'

const pooledTokens = (pool: TokenPool, prefix: number): Layer => {
  if (pool === 'classToken') return takeToken(0)
  return pool === 'mean' ? meanTokens(prefix) : concat(takeToken(0), meanTokens(prefix))
}

/** What a head is put on: the body, its architecture and its output. */
export interface Under {
  readonly arch: Arch
  readonly body: Layer
  readonly output: Shape
}

/** The pooling layers of a head, the number of features they give, and the mistakes in the choice. */
const poolingOf = (options: HeadOptions, { arch, body, output }: Under) => {
  // channels that are unknown because of a mistake match any number
  const known = output[channelAxis(output)]
  const channels = known === undefined || Number.isNaN(known) ? 1 : known
  if (output.length !== 2) {
    const layers = [options.concatPool ? adaptiveConcatPool2d(1) : adaptiveAvgPool2d(1), flatten]
    const errors =
      options.pool === null
        ? []
        : [headError('head.pool', 'a body whose output is tokens', showShape(output), 'leave pool out; see concatPool')]
    return { layers, features: channels * (options.concatPool ? 2 : 1), errors }
  }
  const prefix = prefixOf(body)
  const pool = options.pool ?? (prefix === 0 ? 'mean' : ownPool(arch))
  const errors =
    pool !== 'mean' && prefix === 0
      ? [headError('head.pool', "'mean', for a body without a class token", `'${pool}'`, "pass pool: 'mean'")]
      : []
  return { layers: [pooledTokens(pool, prefix)], features: channels * (pool === 'both' ? 2 : 1), errors }
}

/** A head's network; if there are mistakes, also a network to continue checking with. */
export const elaborate = (
  head: Extract<Head, { readonly _tag: 'LinearHead' | 'CustomHead' }>,
  under: Under,
  task: Task | undefined
): { readonly network: Layer; readonly errors: ReadonlyArray<PlanError> } => {
  if (head._tag === 'CustomHead') return { network: head.network, errors: [] }
  const errors = optionErrors(head)
  const ps = errors.some((e) => e.path === 'head.ps') ? 0.5 : head.ps
  const linFtrs = errors.some((e) => e.path === 'head.linFtrs') ? [] : head.linFtrs
  const pooling = poolingOf(head, under)
  const outputs = task === undefined ? 1 : outputsOf(task)
  const network = headOf(pooling.layers, pooling.features, outputs, { ...head, ps, linFtrs })
  const forTask =
    task === undefined
      ? [taskError('head', 'a task, which gives its number of outputs', 'none', 'plan with { input, task }')]
      : task._tag === 'Segmentation' || task._tag === 'ImageRegression'
        ? [
            headError(
              'head',
              task._tag === 'Segmentation'
                ? 'a head with one output per class and pixel, for a segmentation task'
                : 'a head whose output is an image, for an image regression task',
              'a head that pools the feature map to one value per channel',
              'use unet(), or customHead with a fully convolutional network'
            )
          ]
        : []
  return { network, errors: [...errors, ...pooling.errors, ...forTask] }
}
