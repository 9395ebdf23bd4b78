/**
 * Properties of a body by itself, as `plan` computes them on the way to a model.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { arch, type Body, channelAxis } from '../model/index.js'
import { bodyNetwork } from './cutting.js'
import { plan } from './Plan.js'
import { headError, type PlanError } from './PlanError.js'

/** Image sides that fastai tries in turn. */
const sides = [64, 128, 256, 512, 1024, 2048]

const channelsAt = (body: Body, side: number): E.Either<ReadonlyNonEmptyArray<PlanError>, number> =>
  pipe(
    bodyNetwork(body),
    E.mapLeft((error): ReadonlyNonEmptyArray<PlanError> => [error]),
    E.chain((network) =>
      plan({ input: [body.arch.input.channels, side, side] })(
        arch({ name: body.arch.name, network, input: body.arch.input })
      )
    ),
    E.chain(({ output }) =>
      output.length > 1
        ? E.right(output[channelAxis(output)]!)
        : E.left([
            headError(
              'body',
              'a body that ends in a feature map or tokens',
              `[${output.join(', ')}]`,
              'cut before the flatten layer'
            )
          ])
    )
  )

/**
 * The number of a body's output channels (fastai's `num_features_model`), for images of 64 × 64, or of the first size
 * up to 2048 × 2048 that its layers accept. Shapes are inferred; nothing runs. Errors: those of the cut and of shapes,
 * and `HeadError` for a body whose output is a vector.
 *
 * @example
 * import { createBody, numFeatures, resnet18, resnet50 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(numFeatures(createBody(resnet18)), E.right(512))
 * assert.deepStrictEqual(numFeatures(createBody(resnet50, { cut: 'layer2' })), E.right(256))
 *
 * @category models
 * @since 0.1.0
 */
export const numFeatures = (body: Body): E.Either<ReadonlyNonEmptyArray<PlanError>, number> => {
  const [first, ...larger] = sides.map((side) => () => channelsAt(body, side))
  return larger.reduce(
    (found, next) =>
      E.isRight(found)
        ? found
        : pipe(
            next(),
            E.alt(() => found)
          ),
    first!()
  )
}
