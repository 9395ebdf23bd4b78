/** modern.json: today's networks: keys and shapes, outputs, loss, gradients and running statistics. */
import * as tf from '@tensorflow/tfjs-core'
import * as E from 'fp-ts/lib/Either.js'
import { catalogue, keyRules } from '../../../src/arch/index.js'
import { classification } from '../../../src/data/index.js'
import {
  compile,
  type Engine,
  engineShape,
  freshOptimiser,
  initialState,
  runNetwork,
  type StateDict,
  toEngine
} from '../../../src/engine/index.js'
import { type Arch, leaves, mapLeaves, type Shape, sizeOf } from '../../../src/model/index.js'
import { type Plan, plan } from '../../../src/plan/index.js'
import { crossEntropy, sgd } from '../../../src/recipe/index.js'
import { type Compared, failed, type Outcome, outcome, pending, same } from '../Comparison.js'
import { conditioning, roundings } from '../tolerances.js'
import { exactEngine } from './engine.js'

interface ModernCase {
  readonly arch: string
  readonly source: 'torchvision' | 'timm'
  /** `[images, channels, height, width]`. */
  readonly input: readonly [number, number, number, number]
  readonly classes: number
  readonly parameters: number
  /** Every entry of the state dict of floating type, with its shape. */
  readonly keys: ReadonlyArray<readonly [string, Shape]>
  readonly logits: ReadonlyArray<ReadonlyArray<number>>
  readonly logitsNorm: number
  readonly trainLoss: number
  readonly gradNorms: Readonly<Record<string, number>>
  /** L2 norm and first element. */
  readonly buffersAfter: Readonly<Record<string, readonly [number, number]>>
}

/** The labels of the images, as the records say. */
const labels = [1, 3]

// -------------------------------------------------------------------------------------
// the networks

/** The architecture with another number of classes, with positions for images of this size, and nothing random. */
const adapted = (arch: Arch, size: number, classes: number): Arch => {
  const last = leaves(arch.network).at(-1)
  const network = mapLeaves(({ path, layer }) => {
    if (layer._tag === 'Dropout' || layer._tag === 'StochasticDepth') return { ...layer, p: 0 }
    if (layer._tag === 'PositionEmbedding') {
      const grid = layer.grid.map((side) => Math.floor((side * size) / arch.input.size))
      return { ...layer, grid: [grid[0]!, grid[1]!] as const }
    }
    return path === last?.path && layer._tag === 'Linear' ? { ...layer, outFeatures: classes } : layer
  })(arch.network)
  return { ...arch, network }
}

/** Our path for a key of the record, which may be another library's. */
const pathOf =
  (paths: ReadonlySet<string>) =>
  (key: string): string | undefined =>
    paths.has(key) ? key : keyRules.map(({ from, to }) => key.replace(from, to)).find((path) => paths.has(path))

// -------------------------------------------------------------------------------------
// the records' numbers

/** v = 2u − 1 with u = frac(|sin((i + 1)·12.9898 + (j + 1)·78.233)|·43758.5453). */
const noise = (j: number, i: number): number => {
  const u = Math.abs(Math.sin((i + 1) * 12.9898 + (j + 1) * 78.233)) * 43758.5453
  return 2 * (u - Math.floor(u)) - 1
}

const valueOf = (key: string, shape: Shape): ((v: number) => number) => {
  if (key.endsWith('.running_var')) return (v) => 1 + 0.25 * v
  if (key.endsWith('.running_mean')) return (v) => 0.05 * v
  if (key.endsWith('.layer_scale') || key.endsWith('.gamma')) return (v) => 0.5 + 0.25 * v
  if (shape.filter((side) => side > 1).length > 1) {
    const factor = 1.3 * Math.sqrt(3 / sizeOf(shape.slice(1)))
    return (v) => v * factor
  }
  if (/[._]bias$/.test(key)) return (v) => 0.05 * v
  return shape.length === 1 ? (v) => 1 + 0.1 * v : (v) => 0.5 * v
}

const filled = (key: string, shape: Shape, j: number): Float32Array => {
  const value = valueOf(key, shape)
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(noise(j, i)))
}

/** The input in `[n, h, w, c]`. */
const inputOf = ([n, c, h, w]: ModernCase['input']): Float32Array => {
  const x = new Float32Array(n * c * h * w)
  for (let i = 0; i < x.length; i++) {
    const [image, channel, pixel] = [Math.floor(i / (c * h * w)), Math.floor(i / (h * w)) % c, i % (h * w)]
    x[(image * h * w + pixel) * c + channel] = noise(9999, i)
  }
  return x
}

// -------------------------------------------------------------------------------------
// ours

const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left).slice(0, 1000))
  return either.right
}

const norm = (values: Iterable<number>): number => Math.sqrt([...values].reduce((sum, v) => sum + v * v, 0))

interface Filled {
  readonly plan: Plan
  readonly state: StateDict
  readonly x: Float32Array
  readonly n: number
}

const gradientNorms = (on: Engine, { plan: planned, state, x, n }: Filled, paths: ReadonlyArray<string>) => {
  const shapes = new Map([...planned.parameters, ...planned.buffers].map(({ path, shape }) => [path, shape]))
  const [c, h, w] = planned.input as readonly [number, number, number]
  return on.use(() =>
    tf.tidy(() => {
      const arrays = (path: string): tf.Tensor =>
        tf.tensor(toEngine(state.get(path)!, shapes.get(path)!), engineShape(shapes.get(path)!))
      const loss = (...given: ReadonlyArray<tf.Tensor>): tf.Scalar => {
        const outputs = runNetwork(
          planned,
          tf.tensor(x, [n, h, w, c]),
          (path) => given[paths.indexOf(path)] ?? arrays(path),
          { _tag: 'Training', dropout: () => tf.scalar(1), statistics: () => undefined }
        )
        const wanted = tf.oneHot(tf.tensor1d(labels, 'int32'), outputs.shape.at(-1)!)
        return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(wanted, tf.logSoftmax(outputs)), -1)))
      }
      return tf
        .grads(loss)(paths.map(arrays))
        .map((gradient) => norm(gradient.dataSync<'float32'>()))
    })
  )
}

/** Outputs in evaluation mode; the loss of a step in training mode, and the state after it. */
const stepped = (on: Engine, { plan: planned, state, x, n }: Filled) => {
  const program = right(
    compile(on)(
      planned,
      { state, optimiser: freshOptimiser },
      { loss: crossEntropy(), optimiser: sgd(), trueWd: true, bnWd: true, clip: null, seed: 0 }
    )
  )
  const batch = { x, y: Float32Array.from(labels), n }
  const { outputs } = right(program.evaluate(batch))
  const loss = right(program.step(batch, { lrs: [0], mom: 0, wd: 0, step: 0 }))
  const after = right(program.state())
  program.dispose()
  return { outputs, loss, after }
}

// -------------------------------------------------------------------------------------
// the comparison, within the records' own limits

/** Our gradients for inputs that differ in the last place. */
const spreadOf = (on: Engine, network: Filled, paths: ReadonlyArray<string>, ours: ReadonlyArray<number>) => {
  const others = Array.from({ length: roundings }, (_, k) =>
    gradientNorms(on, { ...network, x: network.x.map((v, i) => v * (1 + 1.2e-7 * noise(k, i))) }, paths)
  )
  return ours.map((norm, i) => Math.max(...others.map((other) => Math.abs(other[i]! - norm))))
}

const within = (what: string, ours: number, recorded: number, limit: number): Compared => ({
  what,
  difference: Math.abs(ours - recorded) <= limit ? null : `ours ${ours}, recorded ${recorded} (limit ${limit})`
})

/** Larger networks of the project's own records are for GRAFT_LONG; those of another folder are always checked. */
const large = 50e6

export const modern = async (c: ModernCase): Promise<Outcome> => {
  if (c.parameters > large && !process.env['ORACLE_DIR'] && process.env['GRAFT_LONG'] === undefined)
    return pending('GRAFT_LONG: it takes long')
  const found = catalogue.find(({ name }) => name === c.arch)
  if (found === undefined) return failed(`no architecture ${c.arch}`)
  const task = classification(Array.from({ length: c.classes }, (_, i) => String(i)))
  const planned = right(plan({ input: c.input.slice(1), task })(adapted(found, c.input[2], c.classes)))
  const own = new Map([...planned.parameters, ...planned.buffers].map(({ path, shape }) => [path, shape]))
  const toOwn = pathOf(new Set(own.keys()))
  const renamed = c.keys.map(([key]) => toOwn(key))
  const missing = c.keys.filter((_, i) => renamed[i] === undefined).map(([key]) => key)
  if (missing.length > 0) return failed(`no parameter or buffer for ${missing.slice(0, 5).join(', ')}`)
  const shapes = same(
    'shapes',
    renamed.map((path) => own.get(path!)),
    c.keys.map(([, shape]) => shape)
  )
  const keys = same('keys', [...renamed].sort(), [...own.keys()].sort())
  const parameters = same(
    'parameters',
    planned.parameters.reduce((n, p) => n + sizeOf(p.shape), 0),
    c.parameters
  )
  if (shapes.difference !== null || keys.difference !== null) return outcome(shapes, keys, parameters)

  const state = new Map([
    ...initialState(planned, 0),
    ...c.keys.map(([key, shape], j) => [renamed[j]!, filled(key, shape, j)] as const)
  ])
  const on = await exactEngine()
  const [n] = c.input
  const network: Filled = { plan: planned, state, x: inputOf(c.input), n }
  const { outputs, loss, after } = stepped(on, network)
  const gradients = Object.entries(c.gradNorms)
  const paths = gradients.map(([key]) => toOwn(key)!)
  const norms = gradientNorms(on, network, paths)
  const limits = gradients.map(([, recorded]) => 1e-3 * recorded)
  const outside = gradients.some(([, recorded], i) => Math.abs(norms[i]! - recorded) > limits[i]!)
  const spread = outside ? spreadOf(on, network, paths, norms) : norms.map(() => 0)
  return outcome(
    [shapes, keys, parameters],
    c.logits.flatMap((row, image) =>
      row.map((logit, i) =>
        within(`logit ${i} of image ${image}`, outputs[image * c.classes + i]!, logit, 1e-4 * c.logitsNorm)
      )
    ),
    within('loss', loss, c.trainLoss, 1e-4 * c.logitsNorm),
    // batch norms over two small images make some gradients depend on rounding, or are 0 but for it
    gradients.map(([key, recorded], i) =>
      within(`gradient of ${key}`, norms[i]!, recorded, limits[i]! + conditioning * spread[i]!)
    ),
    Object.entries(c.buffersAfter).flatMap(([key, [length, first]]) => {
      const values = after.get(toOwn(key)!)!
      return [
        within(`${key}, its norm`, norm(values), length, 1e-4 * length),
        within(`${key}, its first element`, values[0]!, first, 1e-4 * length)
      ]
    })
  )
}
