/**
 * Features of images by an architecture's body.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { defaultDecoding } from '../../data/index.js'
import { initialState } from '../../engine/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { type Arch, customHead, cut, identity, withHead } from '../../model/index.js'
import { plan } from '../../plan/index.js'
import { type LearnerEnv, loadWeights } from '../weights/weights.js'
import type { Embedder } from './Predictor.js'

/**
 * An architecture's body, cut as for a learner, with its weights (`pretrained(arch)`, `withWeights(file)`), to embed
 * images. Images are preprocessed with the architecture's size and statistics: the shorter side is scaled, then the
 * centre is cropped. Errors: those of the cut and of the weights.
 *
 * @example
 * import { arch, nn } from 'graft-vision'
 * import { archEmbedder, embed, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 *
 * const conv = nn.named('conv', nn.conv2d(3, 8, 5, { stride: 4 }))
 * const net = arch({ name: 'tiny', network: nn.sequential(conv, nn.relu, nn.named('pool', nn.maxPool2d(2))) })
 * const blank = { height: 224, width: 224, channels: 3, data: new Uint8Array(224 * 224 * 3) }
 * const program = pipe(archEmbedder(net), RTE.chainW((embedder) => embed(embedder)([blank])))
 * const result = await withNodeEnv({ engine: 'cpu' })(program)()
 * assert.ok(E.isRight(result) && result.right[0]?.length === 8)
 *
 * @category prediction
 * @since 0.1.0
 */
export const archEmbedder = (arch: Arch): RTE.ReaderTaskEither<LearnerEnv, GraftError, Embedder> => {
  const { channels, size, mean, std } = arch.input
  return pipe(
    plan({ input: [channels, size, size] })(pipe(arch, cut, withHead(customHead(identity)))),
    E.mapLeft((errors): GraftError => mistakes(arch.name, errors)),
    RTE.fromEither,
    RTE.bindTo('plan'),
    RTE.bindW('weights', ({ plan: p }) => loadWeights(p, arch)),
    RTE.map(({ plan: p, weights }): Embedder => ({
      plan: p,
      state: new Map([...initialState(p, 0), ...weights.state]),
      stats: { mean, std },
      resize: 'crop',
      decoding: defaultDecoding
    }))
  )
}
