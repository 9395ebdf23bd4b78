/**
 * Resolved models as JSON, with the version of the format.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { codec } from '../grammar/Codec.js'
import { calibrationFrom, calibrationSchema, calibrationTo } from './Calibration.js'
import { decodingFrom, decodingSchema, decodingTo } from './Decoding.js'
import { sizeOf, statsSchema } from './Data.js'
import { decodeWith } from '../grammar/Decoder.js'
import { type FormatErrors, unknownVersion } from '../FormatError.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { layerFrom, layerSchema, layerTo } from './Layer.js'
import { freezeFrom, freezeSchema, freezeTo, policySchema } from './Model.js'
import { taskFrom, taskSchema, taskTo } from './Task.js'
import { exportedLossSchema, from1to2, lossFrom, lossTo, trainingFrom, trainingSchema, trainingTo } from './Training.js'
import type { ResolvedModel } from './ResolvedModel.js'

const current = 2

/**
 * The schema of exported models, format 2.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * assert.strictEqual(Format.decodeWith(Format.resolvedModelSchema)({})._tag, 'Left')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const resolvedModelSchema = makeSchema((g) =>
  g.object(
    {
      format: g.literal(current),
      graft: g.string,
      arch: g.string,
      input: g.object(
        { channels: g.whole(1), size: g.whole(1), mean: g.list(g.number), std: g.list(g.number), crop: g.number },
        {}
      ),
      body: layerSchema(g),
      starts: g.list(g.string),
      freeze: freezeSchema(g),
      batchNorm: policySchema(g),
      task: taskSchema(g),
      preprocessing: g.object(
        {
          size: sizeOf(g),
          resize: g.literal('crop', 'squish', 'pad'),
          normalise: g.union(g.literal('none'), statsSchema(g))
        },
        decodingSchema(g)
      ),
      loss: exportedLossSchema(g),
      training: trainingSchema(g)
    },
    { head: layerSchema(g), calibration: calibrationSchema(g) }
  )
)

/**
 * An exported model's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type ResolvedModelJson = TypeOf<typeof resolvedModelSchema>

/** An exported model and the version of graft that wrote it. */
interface Exported {
  readonly graft: string
  readonly model: ResolvedModel
}

const exportCodec = codec<ResolvedModelJson, Exported>({
  schema: resolvedModelSchema,
  from: ({ format: _, graft, body, head, freeze, task: of, preprocessing, loss, training, calibration, ...rest }) => {
    const { size, resize, normalise, ...decoding } = preprocessing
    return {
      graft,
      model: {
        ...rest,
        body: layerFrom(body),
        head: head === undefined ? null : layerFrom(head),
        freeze: freezeFrom(freeze),
        task: taskFrom(of),
        preprocessing: {
          size,
          resize,
          stats: normalise === 'none' ? null : normalise,
          decoding: decodingFrom(decoding)
        },
        loss: lossFrom(loss),
        training: trainingFrom(training),
        ...(calibration === undefined ? {} : { calibration: calibrationFrom(calibration) })
      }
    }
  },
  to: ({ graft, model: { body, head, freeze, task: of, preprocessing, loss, training, calibration, ...rest } }) => ({
    format: current,
    graft,
    ...rest,
    body: layerTo('full')(body),
    ...(head === null ? {} : { head: layerTo('full')(head) }),
    freeze: freezeTo(freeze),
    task: taskTo(of),
    preprocessing: {
      size: preprocessing.size,
      resize: preprocessing.resize,
      normalise: preprocessing.stats ?? 'none',
      ...decodingTo(preprocessing.decoding)
    },
    loss: lossTo(loss),
    training: trainingTo(training),
    ...(calibration === undefined ? {} : { calibration: calibrationTo(calibration) })
  }),
  refusals: () => []
})

/** Migrations from each earlier format to the next one. */
const migrations: ReadonlyMap<number, (json: unknown) => unknown> = new Map([[1, from1to2]])

const versionSchema = makeSchema((g) => g.whole(1))

const migrated = (u: unknown): E.Either<FormatErrors, unknown> => {
  const written =
    typeof u === 'object' && u !== null && Object.hasOwn(u, 'format') ? (u as { format: unknown }).format : null
  const version = decodeWith(versionSchema)(written)
  // a missing version is reported by the schema
  if (E.isLeft(version)) return E.right(u)
  if (version.right > current)
    return E.left([
      unknownVersion(
        'format',
        `format ${current} or earlier`,
        `format ${version.right}`,
        'read it with a later version of graft-vision'
      )
    ])
  let json = u
  for (let v = version.right; v < current; v++) json = migrations.get(v)?.(json) ?? json
  return E.right(json)
}

/**
 * Writes a resolved model; `graft` is the version that writes. Initialisers are omitted, since the weights accompany
 * it.
 *
 * @example
 * import { classification, crossEntropy, Format, imagenetInput, nn, nothingFrozen } from 'graft-vision'
 * import { Io } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
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
 * const read = pipe(resolved, Format.encodeResolvedModel('0.1.0'), E.chain(Format.decodeResolvedModel))
 * assert.deepStrictEqual(read, E.right({ graft: '0.1.0', model: resolved }))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeResolvedModel =
  (graft: string) =>
  (model: ResolvedModel): E.Either<FormatErrors, Json> =>
    exportCodec.encode({ graft, model })

/**
 * Reads a resolved model. Errors: `UnknownVersion` for a later format, and every mistake with its JSON path.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const later = Format.decodeResolvedModel({ format: 3 })
 * assert.deepStrictEqual(later._tag === 'Left' && later.left.map((e) => e._tag), ['UnknownVersion'])
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeResolvedModel = (
  u: unknown
): E.Either<FormatErrors, { readonly graft: string; readonly model: ResolvedModel }> =>
  pipe(migrated(u), E.chain(exportCodec.decode))
