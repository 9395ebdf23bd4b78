/**
 * `cnnLearner`: fastai's one-line constructor. It only combines values that can be written separately.
 *
 * @since 0.1.0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import type { GraftError } from '../../GraftError.js'
import type { Data } from '../../io/index.js'
import {
  type Arch,
  isArch,
  type Body,
  createBody,
  type CreateBodyOptions,
  customHead,
  freeze,
  fromScratch,
  head,
  type HeadOptions,
  type Layer,
  type Model,
  pretrained,
  splitBy,
  splitOn,
  type TokenPool,
  withHead,
  withWeights
} from '../../model/index.js'
import { learner, type LearnerOptions } from './makeLearner.js'
import type { Learner } from './Learner.js'
import { settingError } from '../LearnError.js'
import type { LearnerEnv } from '../weights/weights.js'

/**
 * The arguments of fastai's `cnn_learner`, and options of `learner`.
 *
 * @category learners
 * @since 0.1.0
 */
export interface CnnLearnerOptions extends Omit<LearnerOptions, 'data' | 'model'> {
  /** Default: the architecture's own cut. A count, a child's name, or a function of the network. */
  readonly cut?: CreateBodyOptions['cut']
  /**
   * True: the architecture's published weights; a path: weights from that file. Either freezes all groups but the last,
   * as in fastai. False: random weights and nothing frozen. Default: the architecture's own choice
   * (`withWeights(file)(resnet18)`), else its published weights, else false if there are none.
   */
  readonly pretrained?: boolean | string
  /** Default [512]. */
  readonly linFtrs?: ReadonlyArray<number>
  /** Default 0.5. */
  readonly ps?: number | ReadonlyArray<number>
  /** Replaces `linFtrs`, `ps`, `bnFinal`, `concatPool` and `pool`. */
  readonly customHead?: Layer
  /**
   * Paths at which groups start, or a function of the body that returns them. Default, and when empty: the
   * architecture's own split.
   */
  readonly splitOn?: ReadonlyArray<string> | ((body: Layer) => ReadonlyArray<string>)
  /** Default false. */
  readonly bnFinal?: boolean
  /** Default 'kaimingNormal'. */
  readonly init?: HeadOptions['init']
  /** Default true. */
  readonly concatPool?: boolean
  /** Of tokens; default: as the architecture itself pools them. */
  readonly pool?: TokenPool
}

/**
 * The options about the body that fastai's learners share.
 *
 * @category learners
 * @since 0.1.0
 */
export type TransferOptions = Pick<CnnLearnerOptions, 'cut' | 'pretrained' | 'splitOn'>

export const bodyOf = (arch: Arch, { cut }: TransferOptions): Body => createBody(arch, cut === undefined ? {} : { cut })

export const splitOf = (options: TransferOptions): ((model: Model) => Model) =>
  typeof options.splitOn === 'function'
    ? splitBy('splitOn', options.splitOn)
    : options.splitOn === undefined || options.splitOn.length === 0
      ? (model) => model
      : splitOn(options.splitOn)

/** Chooses weights, and freezes the layers that they initialise. */
export const weightsOf =
  (options: TransferOptions) =>
  (model: Model): Model => {
    const { weights, arch } = model.body
    const choice = options.pretrained ?? (weights._tag === 'FromScratch' ? arch.published.length > 0 : null)
    return choice === null
      ? freeze(model)
      : choice === false
        ? fromScratch(model)
        : freeze(choice === true ? pretrained(model) : withWeights(choice)(model))
  }

/**
 * The model of `cnnLearner`.
 *
 * @example
 * import { cut, Eq, freeze, head, pretrained, resnet18, splitOn, withHead } from 'graft-vision'
 * import { cnnModel } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = cnnModel(resnet18, { ps: 0.2, splitOn: ['head'] })
 * const same = pipe(resnet18, cut, withHead(head({ ps: 0.2 })), splitOn(['head']), pretrained, freeze)
 * assert.ok(Eq.model.equals(model, same))
 *
 * @category learners
 * @since 0.1.0
 */
export const cnnModel = (arch: Arch, options: CnnLearnerOptions = {}): Model => {
  const { linFtrs, ps, concatPool, pool, bnFinal, init } = options
  const chosen = { linFtrs, ps, concatPool, pool, bnFinal, init } as Partial<HeadOptions>
  return pipe(
    bodyOf(arch, options),
    withHead(options.customHead === undefined ? head(chosen) : customHead(options.customHead)),
    splitOf(options),
    weightsOf(options)
  )
}

/**
 * Makes a learner from data, an architecture and fastai's arguments: `learner` with `cnnModel`. All mistakes in the
 * model and the settings are reported at once.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, ps: 0.2 }))
 * )
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result))
 * assert.deepStrictEqual(result.right.plan.output, [2])
 *
 * @category learners
 * @since 0.1.0
 */
export const cnnLearner = (
  data: Data,
  arch: Arch,
  options: CnnLearnerOptions = {}
): RTE.ReaderTaskEither<LearnerEnv, GraftError, Learner> =>
  isArch(arch)
    ? learner({ ...options, data, model: cnnModel(arch, options) })
    : RTE.left(settingError('arch', 'an architecture', String(arch), 'pass e.g. resnet18, without quotes'))
