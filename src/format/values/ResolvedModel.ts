/**
 * `ResolvedModel`: the description exported with the weights: a model after planning. Cuts, splits and heads are
 * resolved to networks and paths of groups, so they contain no functions, and every trained model can be exported.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Decoding, Resize, Size, Stats, Task } from '../../data/index.js'
import {
  type Arch,
  arch,
  type ArchInput,
  batchNormUnderFreeze,
  type BatchNormPolicy,
  customHead,
  type Freeze,
  isUnder,
  type Layer,
  leaves,
  type Model,
  splitOn,
  uncut,
  wholeHead,
  withHead
} from '../../model/index.js'
import type { Calibration } from '../../interpret/index.js'
import { bodyAndHead, type Plan } from '../../plan/index.js'
import type { Loss } from '../../recipe/index.js'
import { badValue, type FormatErrors } from '../FormatError.js'
import { defaultTraining, exportedLoss, type ExportedLoss, type Training } from './Training.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * How an image becomes the network's input.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export interface Preprocessing {
  readonly size: Size
  readonly resize: Resize
  /** Mean and standard deviation per channel of pixels in [0, 1]; null: not normalised. */
  readonly stats: Stats | null
  readonly decoding: Decoding
}

/**
 * A model that depends only on its weights.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export interface ResolvedModel {
  readonly arch: string
  /** The input that the architecture's published weights expect; the trained model expects `preprocessing`. */
  readonly input: ArchInput
  /**
   * The network below `body`; if `head` is null, a whole network: an architecture, or a U-Net with `body` in its paths.
   */
  readonly body: Layer
  readonly head: Layer | null
  readonly starts: ReadonlyArray<string>
  readonly freeze: Freeze
  readonly batchNorm: BatchNormPolicy
  readonly task: Task
  readonly preprocessing: Preprocessing
  readonly loss: ExportedLoss
  readonly training: Training
  /** Fitted after training; absent: nothing was. */
  readonly calibration?: Calibration
}

// -------------------------------------------------------------------------------------
// from and to models
// -------------------------------------------------------------------------------------

/** A planned model consists of body and head; anything else is a whole architecture. */
const partsOf = (network: Layer): Pick<ResolvedModel, 'body' | 'head'> =>
  bodyAndHead(network) ?? { body: network, head: null }

/**
 * The resolved form of a plan, with what prediction and further training need. `training` defaults to
 * `defaultTraining`. Error: `BadValue` for a plan without a task.
 *
 * @example
 * import {
 *   classification,
 *   crossEntropy,
 *   cut,
 *   Format,
 *   head,
 *   imagenetStats,
 *   plan,
 *   resnet18,
 *   withHead
 * } from 'graft-vision'
 * import { Io } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const how = { input: [3, 64, 64], task: classification(['cat', 'dog']) }
 * const preprocessing = { size: 64, resize: 'crop' as const, stats: imagenetStats, decoding: Io.defaultDecoding }
 * const paths = pipe(
 *   plan(how)(pipe(resnet18, cut, withHead(head()))),
 *   E.mapLeft(String),
 *   E.chain((first) =>
 *     pipe(
 *       Format.resolvedModel({ input: resnet18.input, preprocessing, loss: crossEntropy() })(first),
 *       E.mapLeft(String),
 *       E.chain((resolved) => pipe(plan(how)(Format.modelOf(resolved)), E.mapLeft(String))),
 *       E.map((again) => [first.parameters.map((p) => p.path), again.parameters.map((p) => p.path)])
 *     )
 *   )
 * )
 * assert.ok(E.isRight(paths))
 * assert.deepStrictEqual(paths.right[0], paths.right[1])
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const resolvedModel =
  (how: {
    readonly input: ArchInput
    readonly preprocessing: Preprocessing
    readonly loss: Loss
    readonly training?: Training
  }) =>
  (plan: Plan): E.Either<FormatErrors, ResolvedModel> => {
    if (plan.task === null)
      return E.left([badValue('task', 'a plan for a task', 'none', 'plan with { input, task }, then export')])
    return E.right({
      arch: plan.name,
      input: how.input,
      ...partsOf(plan.network),
      starts: plan.starts,
      freeze: plan.freeze,
      batchNorm: plan.policy,
      task: plan.task,
      preprocessing: how.preprocessing,
      loss: exportedLoss(how.loss),
      training: how.training ?? defaultTraining
    })
  }

/**
 * A model whose plan has the same parameters, paths, shapes and groups as the resolved one; a whole architecture if
 * there was no head. Its weights are exported separately, so this model starts from scratch.
 *
 * @example
 * import { classification, crossEntropy, Format, imagenetInput, nn, nothingFrozen } from 'graft-vision'
 * import { Io } from 'graft-vision/node'
 *
 * const resolved: Format.ResolvedModel = {
 *   arch: 'mine',
 *   input: imagenetInput,
 *   body: nn.numbered(nn.conv2d(3, 4, 3)),
 *   head: nn.numbered(nn.adaptiveAvgPool2d(1), nn.flatten, nn.linear(4, 2)),
 *   starts: ['head'],
 *   freeze: nothingFrozen,
 *   batchNorm: 'trains',
 *   task: classification(['cat', 'dog']),
 *   preprocessing: { size: 32, resize: 'crop', stats: null, decoding: Io.defaultDecoding },
 *   loss: { name: 'crossEntropy', activation: 'softmax', loss: crossEntropy() },
 *   training: Format.defaultTraining
 * }
 * assert.strictEqual(Format.modelOf(resolved)._tag, 'Model')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const modelOf = (resolved: ResolvedModel): Model | Arch => {
  const network = arch({ name: resolved.arch, network: resolved.body, input: resolved.input })
  return resolved.head === null && !leaves(resolved.body).some(({ path }) => isUnder('head')(path))
    ? network
    : pipe(
        network,
        uncut,
        withHead(resolved.head === null ? wholeHead : customHead(resolved.head)),
        splitOn(resolved.starts),
        batchNormUnderFreeze(resolved.batchNorm),
        (model) => ({ ...model, freeze: resolved.freeze })
      )
}
