/**
 * `Training`: the settings with which an exported model was trained, as far as they can be written to a file. Further
 * training starts from them.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { activationOf, adamW, type Loss, type Optimiser, type OutputActivation } from '../../recipe/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { decodeLoss, encodeLoss, lossSchema } from './Loss.js'
import { decodeOptimiser, encodeOptimiser, optimiserSchema } from './Optimiser.js'

/**
 * The settings from which further training starts.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export interface Training {
  /** Null: a user-defined one, which no file can contain. */
  readonly opt: Optimiser | null
  readonly wd: number
  readonly bnWd: boolean
  readonly trueWd: boolean
  /** Null: no clipping. */
  readonly clip: number | null
  readonly seed: number
}

/**
 * The loss of an exported model. Predictions only need the activation.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export interface ExportedLoss {
  /** For a user-defined loss, its label. */
  readonly name: string
  readonly activation: OutputActivation
  /** Null: a user-defined one, which no file can contain. */
  readonly loss: Loss | null
}

/**
 * A learner's default settings.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const defaultTraining: Training = {
  opt: /*#__PURE__*/ adamW(),
  wd: 0.01,
  bnWd: true,
  trueWd: true,
  clip: null,
  seed: 42
}

export const trainingSchema = makeSchema((g) =>
  g.object(
    { wd: g.number, bnWd: g.boolean, trueWd: g.boolean, seed: g.whole(-Infinity) },
    { opt: optimiserSchema(g), clip: g.number }
  )
)

export const exportedLossSchema = makeSchema((g) =>
  g.object({ name: g.string, activation: g.literal('softmax', 'sigmoid', 'exp', 'identity') }, { loss: lossSchema(g) })
)

/** The schema accepted it. */
const known = <A>(result: E.Either<unknown, A>): A | null => (E.isRight(result) ? result.right : null)

export const trainingFrom = ({ opt, clip, ...rest }: TypeOf<typeof trainingSchema>): Training => ({
  ...rest,
  opt: opt === undefined ? null : known(decodeOptimiser(opt)),
  clip: clip ?? null
})

/** A user-defined optimiser is omitted. */
export const trainingTo = ({ opt, clip, ...rest }: Training): unknown => {
  const written = opt === null ? null : known(encodeOptimiser(opt))
  return { ...rest, ...(written === null ? {} : { opt: written }), ...(clip === null ? {} : { clip }) }
}

export const lossFrom = ({ loss, ...rest }: TypeOf<typeof exportedLossSchema>): ExportedLoss => ({
  ...rest,
  loss: loss === undefined ? null : known(decodeLoss(loss))
})

export const lossTo = ({ loss, ...rest }: ExportedLoss): unknown => {
  const written = loss === null ? null : known(encodeLoss(loss))
  return { ...rest, ...(written === null ? {} : { loss: written }) }
}

const nameOf = (loss: Loss): string =>
  loss._tag === 'CustomLoss' ? loss.f.label : loss._tag[0]!.toLowerCase() + loss._tag.slice(1)

export const exportedLoss = (loss: Loss): ExportedLoss => ({
  name: nameOf(loss),
  activation: activationOf(loss),
  loss: loss._tag === 'CustomLoss' ? null : loss
})

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === 'object' && u !== null && !Array.isArray(u)

/** Format 1 named the loss without its options and did not contain the training settings; both become the defaults. */
export const from1to2 = (json: unknown): unknown => {
  if (!isObject(json)) return json
  const named = isObject(json['loss']) ? known(decodeLoss(json['loss']['name'])) : null
  return {
    ...json,
    format: 2,
    ...(named === null ? {} : { loss: { ...(json['loss'] as Json), loss: (json['loss'] as Json)['name'] } }),
    training: trainingTo(defaultTraining)
  }
}
