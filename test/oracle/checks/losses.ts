/** losses.json: values, gradients, what predictions contain. */
import * as tf from '@tensorflow/tfjs-core'
import { type Engine, lossPerSample, meanLoss } from '../../../src/engine/index.js'
import { activate } from '../../../src/interpret/index.js'
import {
  activationOf,
  bceWithLogits,
  crossEntropy,
  labelSmoothing,
  type Loss,
  mixupLoss,
  mse
} from '../../../src/recipe/index.js'
import { close, failed, type Outcome, outcome, same, where } from '../Comparison.js'
import { flatOf, fromChannelsLast, type Nested, shapeOf, toChannelsLast } from './arrays.js'
import { engine } from './engine.js'

interface LossCase {
  readonly loss: string
  readonly weight?: ReadonlyArray<number>
  readonly ignore_index?: number
  readonly eps?: number
  readonly output: Nested
  readonly target: Nested
  readonly mean?: number
  readonly output_grad?: Nested
  readonly per_element?: Nested
  readonly activation?: string
  readonly activated?: Nested
  readonly activation_for_predictions?: string
  readonly reduction?: 'mean' | 'sum' | 'none'
  readonly value?: Nested
}

const built = (c: LossCase): Loss | null => {
  switch (c.loss) {
    case 'CrossEntropyFlat':
    case 'CrossEntropyFlat(axis=1)':
      return crossEntropy()
    case 'CrossEntropyFlat(weight)':
      return crossEntropy(c.weight === undefined ? {} : { weight: c.weight })
    case 'CrossEntropyFlat(ignore_index)':
      return crossEntropy({ ignoreIndex: c.ignore_index! })
    case 'MixUpLoss(CrossEntropyFlat)':
      return mixupLoss(crossEntropy())
    case 'BCEWithLogitsFlat':
      return bceWithLogits
    case 'MSELossFlat':
      return mse
    case 'LabelSmoothingCrossEntropy':
      return labelSmoothing(c.eps)
    default:
      return null
  }
}

/** The reference's predictions are raw outputs for this loss; ours declares its activation. */
const declaresItsActivation = (loss: Loss): boolean => loss._tag === 'LabelSmoothing'

/** One loss for each sample, where the reference has one for each output. */
const perSample = (recorded: Nested, samples: number): ReadonlyArray<number> => {
  const flat = flatOf(recorded)
  const each = flat.length / samples
  return Array.from(
    { length: samples },
    (_, i) => flat.slice(i * each, (i + 1) * each).reduce((a, b) => a + b, 0) / each
  )
}

const activationNames: Readonly<Record<string, string>> = { noop: 'identity' }

interface Computed {
  readonly each: ReadonlyArray<number>
  readonly mean: number
  readonly gradient: ReadonlyArray<number>
}

const compute = (e: Engine, loss: Loss, c: LossCase): Computed =>
  e.use(() =>
    tf.tidy(() => {
      const [n, channels, ...sides] = shapeOf(c.output) as readonly [number, number, ...ReadonlyArray<number>]
      const outputs = tf.tensor(
        toChannelsLast(c.output),
        sides.length === 2 ? [n, ...sides, channels] : [n, flatOf(c.output).length / n]
      )
      const classes = loss._tag !== 'Mse' && loss._tag !== 'BceWithLogits' && shapeOf(c.target).length !== 2
      const shape = sides.length === 2 ? [n, flatOf(c.target).length / n] : [...shapeOf(c.target)]
      const targets = tf.tensor([...flatOf(c.target)], shape, classes ? 'int32' : 'float32')
      const mean = (out: tf.Tensor): tf.Scalar => meanLoss(loss, lossPerSample(loss, out, targets), targets)
      return {
        each: Array.from(lossPerSample(loss, outputs, targets).dataSync<'float32'>()),
        mean: mean(outputs).dataSync()[0]!,
        gradient: [...fromChannelsLast(tf.grad(mean)(outputs).dataSync<'float32'>(), shapeOf(c.output))]
      }
    })
  )

const reduced = (each: ReadonlyArray<number>, mean: number, how: LossCase['reduction']): Nested =>
  how === 'none' ? each : how === 'sum' ? each.reduce((a, b) => a + b, 0) : mean

export const losses = async (c: LossCase): Promise<Outcome> => {
  const loss = built(c)
  if (loss === null) return failed(`no loss ${c.loss}`)
  const { each, mean, gradient } = compute(await engine(), loss, c)
  const activation = activationOf(loss)
  const width = shapeOf(c.output)[1]!
  return outcome(
    where(c.mean, (v) => close('mean', mean, v, 'layer')),
    where(c.output_grad, (g) => close('output_grad', gradient, g, 'layer')),
    where(c.per_element, (v) => close('per_element', each, perSample(v, each.length), 'layer')),
    where(c.activation_for_predictions, (name) => same('activation_for_predictions', activation, name)),
    where(c.value, (v) => close('value', reduced(each, mean, c.reduction), v, 'layer')),
    declaresItsActivation(loss)
      ? same('activation', activation, 'softmax')
      : where(c.activation, (name) => same('activation', activation, activationNames[name] ?? name)),
    where(c.activated, (v) =>
      close(
        'activated',
        fromChannelsLast(activate(activation, width)(toChannelsLast(c.output)), shapeOf(c.output)),
        v,
        'activation'
      )
    )
  )
}
