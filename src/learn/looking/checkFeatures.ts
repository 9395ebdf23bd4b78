/**
 * `checkFeatures`: what the features of a network say about data: labels that are most likely wrong, and similar images.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type CheckedFile, classesOf, type Finding, similarFindings } from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { otherTask } from '../../interpret/index.js'
import type { Data, HasFiles, HasImages } from '../../io/index.js'
import type { HasEngine } from '../Env.js'
import { embedData, type Embeddings } from '../predicting/embed.js'
import type { Embedder } from '../predicting/Predictor.js'
import { labelSuspects } from './labelSuspects.js'

/**
 * Options of `checkFeatures`.
 *
 * @category interpretation
 * @since 0.1.0
 */
export interface CheckFeaturesOptions {
  /** Whether to look for labels that are most likely wrong. Default true. */
  readonly suspects?: boolean
  /** Whether to look for similar images. Default true. */
  readonly similar?: boolean
  /** Number of folds, at least 2. Default 5; fewer if a class has fewer images. */
  readonly folds?: number
  /** Seed of the folds. Default 42. */
  readonly seed?: number
  /** What `checkData` found; images that it names as copies are not named again. Default: nothing. */
  readonly known?: ReadonlyArray<Finding>
}

const together = (a: Embeddings, b: Embeddings): Embeddings => ({
  features: [...a.features, ...b.features],
  files: [...a.files, ...b.files],
  targets: [...a.targets, ...b.targets]
})

/**
 * What the features of a network, which is not trained, say about training and validation images. `label-suspect`: labels
 * that are most likely wrong, by a logistic regression that was not trained on the image and confident learning
 * (`confidentLearning`), most doubtful first. `similar-leak` and `similar-images`: images with nearly the same features, in
 * groups. Open the data with the network's own preprocessing (`preparedFor`). Errors: `OtherTask` for suspects in data
 * without one class per image; those of reading images.
 *
 * @example
 * import { arch, digits, imagenetInput, nn } from 'graft-vision'
 * import { archEmbedder, checkFeatures, openData, preparedFor, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const conv = nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4 }))
 * const network = nn.sequential(conv, nn.relu, nn.named('pool', nn.maxPool2d(2)))
 * const program = pipe(
 *   archEmbedder(arch({ name: 'tiny', network, input: { ...imagenetInput, size: 28 } })),
 *   RTE.bindTo('p'),
 *   RTE.bindW('data', ({ p }) => openData(preparedFor(p)(digits({ n: 24, valid: 8 })))),
 *   RTE.chainW(({ p, data }) => checkFeatures(data, { similar: false })(p)),
 *   RTE.map((findings) => findings.every(({ code }) => code === 'label-suspect'))
 * )
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(true))
 *
 * @category interpretation
 * @since 0.1.0
 */
export const checkFeatures =
  (data: Data, { suspects = true, similar = true, folds = 5, seed = 42, known = [] }: CheckFeaturesOptions = {}) =>
  (p: Embedder): RTE.ReaderTaskEither<HasEngine & HasFiles & HasImages, GraftError, ReadonlyArray<Finding>> => {
    const { task, train, valid } = data
    if (suspects && task._tag !== 'Classification')
      return RTE.left(otherTask('suspects', 'one class for each image', task._tag, 'leave suspects out for this data'))
    const files = [
      ...train.items.map(({ file, label }): CheckedFile => ({ file, label, role: 'train' })),
      ...valid.items.map(({ file, label }): CheckedFile => ({ file, label, role: 'valid' }))
    ]
    return pipe(
      embedData(data, 'train')(p),
      RTE.chain((ofTrain) =>
        pipe(
          embedData(data, 'valid')(p),
          RTE.map((ofValid) => together(ofTrain, ofValid))
        )
      ),
      RTE.chain((all) => () => async (): Promise<E.Either<GraftError, ReadonlyArray<Finding>>> => {
        const doubtful = suspects ? await labelSuspects(all, classesOf(task), { folds, seed }) : E.right([])
        return pipe(
          doubtful,
          E.map((found) => [...found, ...(similar ? similarFindings(files, all.features, known) : [])])
        )
      })
    )
  }
