/**
 * Data descriptions as JSON: a source and what differs from the defaults.
 *
 *     { "source": { "imageFolder": { "path": "photos", "holdout": { "pct": 0.1, "seed": 7 } } },
 *       "size": 224, "resize": "crop", "normalise": "imagenet", "bs": 64 }
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { HKT } from 'fp-ts/HKT.js'
import type { Json } from 'fp-ts/lib/Json.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  balancedSampling,
  cifarStats,
  type DataSpec,
  defaultData,
  imagenetStats,
  mnistStats,
  foldNormalise,
  type Normalise,
  type Stats
} from '../../data/index.js'
import { eqValue } from '../../Value.js'
import { codec, differing } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { transformsFrom, transformsSchema, transformsTo } from './Transforms.js'
import { source, sourceFrom, sourceTo, functionsIn } from './Source.js'
import { decodingSchema } from './Decoding.js'
import { fields } from './optionFields.js'

export const sizeOf = <S>(g: Grammar<S>): HKT<S, number | readonly [number, number]> =>
  g.union(g.whole(1), g.pair(g.whole(1)))

export const statsSchema = makeSchema((g) => g.object({ mean: g.list(g.number), std: g.list(g.number) }, {}))

const normalise = makeSchema((g) =>
  g.union(g.literal('weights', 'imagenet', 'cifar', 'mnist', 'batch', 'none'), statsSchema(g))
)

/**
 * The schema of data descriptions. `checkSpec` checks ranges that involve several fields.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.dataSchema)({ source: { imageFolder: 'photos' } })._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const dataSchema = makeSchema((g) =>
  g.object(
    { source: source(g) },
    {
      size: sizeOf(g),
      resize: g.literal('crop', 'squish', 'pad'),
      ...decodingSchema(g),
      normalise: normalise(g),
      transforms: transformsSchema(g),
      bs: g.whole(1),
      validBs: g.whole(1),
      shuffle: g.boolean,
      sampling: g.keyed({ balanced: g.object({}, { power: g.number }) }),
      dropLast: g.boolean,
      seed: g.whole(0),
      verify: g.literal('auto', 'decode', 'header', 'none'),
      strict: g.boolean,
      cacheBytes: g.number,
      exclude: g.union(g.string, g.list(g.string))
    }
  )
)

/**
 * A data description's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type DataJson = TypeOf<typeof dataSchema>

const namedStats: ReadonlyArray<readonly ['imagenet' | 'cifar' | 'mnist', Stats]> = [
  ['imagenet', imagenetStats],
  ['cifar', cifarStats],
  ['mnist', mnistStats]
]

const normaliseFrom = (json: TypeOf<typeof normalise>): Normalise =>
  json === 'weights'
    ? { _tag: 'ForWeights' }
    : json === 'batch'
      ? { _tag: 'FromBatch' }
      : json === 'none'
        ? { _tag: 'None' }
        : { _tag: 'Given', stats: typeof json === 'string' ? namedStats.find(([name]) => name === json)![1] : json }

const dataFrom = ({
  source: from,
  size,
  resize,
  range,
  normalise: by,
  transforms,
  validBs,
  sampling,
  ...rest
}: DataJson): DataSpec => ({
  ...defaultData,
  ...rest,
  source: sourceFrom(from),
  size: O.fromNullable(size),
  resize: O.fromNullable(resize),
  range: O.fromNullable(range),
  validBs: O.fromNullable(validBs),
  ...(sampling === undefined ? {} : { sampling: balancedSampling(sampling.balanced) }),
  ...(by === undefined ? {} : { normalise: normaliseFrom(by) }),
  ...(transforms === undefined ? {} : { transforms: transformsFrom(transforms) })
})

const normaliseTo = foldNormalise<unknown>({
  ForWeights: () => 'weights',
  Given: ({ stats: given }) => namedStats.find(([, stats]) => eqValue<Stats>().equals(stats, given))?.[0] ?? given,
  FromBatch: () => 'batch',
  None: () => 'none'
})

const dataTo = ({ source: of, ...rest }: DataSpec): unknown => {
  const { normalise: by, transforms, sampling, ...chosen } = differing(rest, defaultData)
  return {
    source: sourceTo(of),
    ...fields(chosen),
    ...(sampling === undefined || rest.sampling._tag !== 'Balanced'
      ? {}
      : { sampling: { balanced: { power: rest.sampling.power } } }),
    ...(by === undefined ? {} : { normalise: normaliseTo(rest.normalise) }),
    ...(transforms === undefined ? {} : { transforms: transformsTo(rest.transforms) })
  }
}

const dataCodec = codec<DataJson, DataSpec>({ schema: dataSchema, from: dataFrom, to: dataTo, refusals: functionsIn })

/**
 * Reads a data description; reports all mistakes with their JSON paths.
 *
 * @example
 * import { Format, imageFolder, withSize } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.decodeData({ source: { imageFolder: 'photos' }, size: 224 }), E.right(withSize(224)(imageFolder('photos'))))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeData: (u: unknown) => E.Either<FormatErrors, DataSpec> = dataCodec.decode

/**
 * Writes a data description without default values. Numbers that are not finite are rejected.
 *
 * @example
 * import { digits, Format, withBatchSize } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Format.encodeData(withBatchSize(16)(digits({ n: 600 }))), E.right({ source: { digits: { n: 600 } }, bs: 16 }))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeData: (data: DataSpec) => E.Either<FormatErrors, Json> = dataCodec.encode
