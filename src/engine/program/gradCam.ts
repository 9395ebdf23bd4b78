/**
 * Grad-CAM: the regions of an image that a prediction depends on, from the body's last feature map and one backward
 * pass (Selvaraju et al. 2017, as in fastai's `GradCAM`). Tokens of patches are taken as a feature map; where the head
 * reads the class token alone, they are those that the last attention reads, after which no patch has any effect (as
 * pytorch-grad-cam does for a ViT).
 *
 * @since 0.1.0
 */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isUnder, type Layer, type Pair, type Primitive, sequential, type Shape } from '../../model/index.js'
import {
  bodyAndHead,
  foldPlan,
  type Plan,
  type PlanLayer,
  type PlannedNetwork,
  type PlanNode
} from '../../plan/index.js'
import type { Engine } from '../Engine.js'
import { type EngineError, engineFailure } from '../EngineError.js'
import type { Arrays } from './Arrays.js'
import { attempt } from './attempt.js'
import { inputTensor } from './EngineBatch.js'
import { runNetwork } from './forward.js'
import type { StateDict } from './StateDict.js'
import { fitting, read, uploadAll, type Values } from './tensors.js'

/**
 * Heat maps of a batch, `[n, height, width]`, not negative and not scaled.
 *
 * @category programs
 * @since 0.1.0
 */
export interface Heatmaps {
  readonly height: number
  readonly width: number
  readonly values: Float32Array
}

/**
 * A network in an engine, for heat maps.
 *
 * @category programs
 * @since 0.1.0
 */
export interface GradCam {
  /** Heat maps for images `[n, height, width, channels]`, each for the class index in `classes`. */
  readonly heatmaps: (x: Float32Array, classes: Int32Array) => E.Either<EngineError, Heatmaps>
  /** Frees its tensors; it cannot be used afterwards. */
  readonly dispose: () => void
}

/** One step of a sequence: a layer, or branches with everything in them. */
interface Step {
  readonly network: Layer
  readonly layers: ReadonlyArray<PlanLayer>
  readonly output: Shape
}

const branching = (branches: ReadonlyArray<ReadonlyArray<Step>>, { layer, output }: PlanNode): ReadonlyArray<Step> => [
  { network: layer, layers: branches.flatMap((steps) => steps.flatMap(({ layers }) => layers)), output }
]

/** A network's steps, with nested sequences flattened. */
const stepsOf = foldPlan<ReadonlyArray<Step>>({
  leaf: (leaf) => [{ network: leaf.layer, layers: [leaf], output: leaf.output }],
  sequential: (parts) => parts.flat(),
  sum: branching,
  product: branching,
  concat: branching
})

const partOf = (input: Shape, steps: ReadonlyArray<Step>): PlannedNetwork => ({
  input,
  network: sequential(...steps.map(({ network }) => network)),
  layers: steps.flatMap(({ layers }) => layers)
})

/** Height and width of a step's feature map, or of the patches whose tokens it gives; null for features. */
const gridOf = ({ output, layers }: Step): Pair | null =>
  output.length === 3 ? [output[1]!, output[2]!] : output.length === 2 ? (layers.at(-1)?.grid ?? null) : null

const cells = (step: Step): number => {
  const [height, width] = gridOf(step) ?? [0, 0]
  return height * width
}

const has = (tag: Primitive['_tag']) => (step: Step) => step.layers.some(({ layer }) => layer._tag === tag)

/** The steps of the body whose patches have an effect on the outputs. */
const effective = (steps: ReadonlyArray<Step>): ReadonlyArray<Step> => {
  const body = steps.filter(isOfBody)
  const lastAttention = body.findLastIndex(has('Attention'))
  const readsOne = steps.some(has('TakeToken')) && !steps.some(has('MeanTokens'))
  return readsOne && lastAttention !== -1 ? body.slice(0, lastAttention) : body
}

const isOfBody = ({ layers }: Step): boolean => layers.some(({ path }) => isUnder('body')(path))

/** A network before and after a feature map of this height and width. */
interface Parts {
  readonly before: PlannedNetwork
  readonly after: PlannedNetwork
  readonly grid: Pair
}

/** A model divided after its body's last feature map of at least this many cells. */
const partsOf = (plan: Plan, least: number): E.Either<EngineError, Parts> => {
  if (bodyAndHead(plan.network) === null)
    return E.left(
      engineFailure(plan.name, 'a body and a head', 'a whole architecture', 'cut it, and put a head on: withHead(...)')
    )
  const steps = stepsOf(plan)
  const body = effective(steps)
  const last = body.findLastIndex((step) => cells(step) >= least)
  return last === -1
    ? E.left(
        engineFailure(
          'body',
          `a feature map of at least ${least} cells`,
          `one of ${cells(body.at(-1)!)} cells at the end of the body`,
          'use larger images'
        )
      )
    : E.right({
        before: partOf(plan.input, steps.slice(0, last + 1)),
        after: partOf(steps[last]!.output, steps.slice(last + 1)),
        grid: gridOf(steps[last]!)!
      })
}

/**
 * Whether a plan's network has a feature map of at least `least` cells for heat maps.
 *
 * @example
 * import { classification, cut, head, plan, resnet18, withHead } from 'graft-vision'
 * import { Engine } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const model = pipe(resnet18, cut, withHead(head()))
 * const planned = plan({ input: [3, 28, 28], task: classification(['3', '7']) })(model)
 * assert.deepStrictEqual(pipe(planned, E.map((p) => [Engine.hasHeatmaps(p, 16), Engine.hasHeatmaps(p, 1000)])), E.right([true, false]))
 *
 * @category programs
 * @since 0.1.0
 */
export const hasHeatmaps = (plan: Plan, least: number): boolean => E.isRight(partsOf(plan, least))

const oneHot = (classes: Int32Array, width: number): tf.Tensor =>
  tf.cast(tf.equal(tf.expandDims(tf.tensor1d(classes, 'int32'), 1), tf.range(0, width, 1, 'int32')), 'float32')

/** ReLU(Σ over channels of the mean gradient of the class's raw output × the map). */
const heatmapsOf = (
  { before, after, grid: [height, width] }: Parts,
  arrays: Arrays,
  x: tf.Tensor,
  classes: Int32Array
): tf.Tensor => {
  const evaluation = { _tag: 'Evaluation' } as const
  const map = runNetwork(before, x, arrays, evaluation)
  // images are independent in evaluation mode, so a single sum gives the gradients of all
  const raw = (a: tf.Tensor): tf.Scalar => {
    const outputs = runNetwork(after, a, arrays, evaluation)
    return tf.sum(tf.mul(outputs, oneHot(classes, outputs.shape.at(-1)!)))
  }
  /** Feature maps, without tokens that are not patches. */
  const asMap = (a: tf.Tensor): tf.Tensor => {
    const [n, tokens, channels] = a.shape as [number, number, number]
    if (a.rank === 4) return a
    return tf.reshape(tf.slice(a, [0, tokens - height * width, 0], [-1, -1, -1]), [n, height, width, channels])
  }
  const weights = tf.mean(asMap(tf.grad(raw)(map)), [1, 2], true)
  return tf.relu(tf.sum(tf.mul(weights, asMap(map)), -1))
}

const gradCamOn = (engine: Engine, plan: Plan, parts: Parts, values: Values): GradCam => ({
  heatmaps: (x, classes) =>
    attempt(engine)('heat maps', () =>
      tf.tidy(() => {
        const input = inputTensor(plan, { x, n: classes.length })
        const maps = heatmapsOf(parts, (path) => values.get(path)!, input, classes)
        const [, height, width] = maps.shape as [number, number, number]
        return { height, width, values: read(maps) }
      })
    ),
  dispose: () => {
    tf.dispose([...values.values()])
    values.clear()
  }
})

/**
 * Loads a plan's parameters into an engine for heat maps, for any architecture with a head. Uses the body's last
 * feature map of at least `least` (1) cells; for small images the very last may have one cell, which says nothing.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { arch, customHead, nn, plan, uncut, withHead } from 'graft-vision'
 * import { acquireEngine, Engine } from 'graft-vision/node'
 *
 * const engine = await acquireEngine('cpu')()
 * const body = uncut(arch({ name: 'tiny', network: nn.sequential(nn.named('conv', nn.conv2d(1, 2, 3))) }))
 * const head = customHead(nn.sequential(nn.named('0', nn.adaptiveAvgPool2d(1)), nn.named('1', nn.flatten), nn.named('2', nn.linear(2, 2))))
 * const planned = plan({ input: [1, 6, 6] })(withHead(head)(body))
 * if (E.isLeft(engine) || E.isLeft(planned)) throw new Error('it needs both')
 * const cam = Engine.compileGradCam(engine.right)(planned.right, Engine.initialState(planned.right, 1))
 * if (E.isLeft(cam)) throw new Error(cam.left.found)
 * const maps = cam.right.heatmaps(new Float32Array(36).fill(1), Int32Array.of(1))
 * cam.right.dispose()
 * assert.deepStrictEqual(pipe(maps, E.map(({ height, width }) => [height, width])), E.right([4, 4]))
 *
 * @category programs
 * @since 0.1.0
 */
export const compileGradCam =
  (engine: Engine) =>
  (plan: Plan, state: StateDict, { least = 1 }: { readonly least?: number } = {}): E.Either<EngineError, GradCam> =>
    pipe(
      E.Do,
      E.apS('parts', partsOf(plan, least)),
      E.apS('fits', fitting(plan, state)),
      E.bind('values', ({ fits }) => attempt(engine)('loading parameters', () => uploadAll(plan, fits))),
      E.map(({ parts, values }) => gradCamOn(engine, plan, parts, values))
    )
