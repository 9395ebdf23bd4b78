/**
 * The law of branches: sum, product and concat computed by the law's own arithmetic from the output of each branch. It
 * does not use the fold over a network, so it detects mistakes in the fold itself.
 */
import * as fc from 'fast-check'
import { compileInference, type Engine, type StateDict } from '../src/engine/index.js'
import {
  type Child,
  concat,
  conv2d,
  flatten,
  type Layer,
  named,
  product,
  relu,
  sequential,
  sum,
  tanh
} from '../src/model/index.js'
import { inputs } from './arbitrary/network.js'
import { equal, succeeded } from './claim.js'
import { type Law, law } from './Law.js'
import { allClose, asPlan, freshStart, normals } from './running.js'
import { tolerance } from './tolerance.js'

/** Raw outputs of a layer for `n` images, channels first. */
const outputsOf =
  (engine: Engine, n: number, x: Float32Array, input: ReadonlyArray<number>) =>
  (part: Layer | Child, state: StateDict): Float32Array => {
    const plan = asPlan(sequential(part, flatten), input)
    const own = new Map([...plan.parameters, ...plan.buffers].map(({ path }) => [path, state.get(path)!]))
    const inference = succeeded(compileInference(engine)(plan, own), 'compiling')
    try {
      return succeeded(inference.predict(x, n), 'predicting')
    } finally {
      inference.dispose()
    }
  }

const rowOf = (outputs: Float32Array, n: number, i: number): ReadonlyArray<number> =>
  [...outputs].slice((i * outputs.length) / n, ((i + 1) * outputs.length) / n)

const added = (branches: ReadonlyArray<Float32Array>): ReadonlyArray<number> =>
  [...branches[0]!].map((_, i) => branches.reduce((total, branch) => total + branch[i]!, 0))

const multiplied = (branches: ReadonlyArray<Float32Array>): ReadonlyArray<number> =>
  [...branches[0]!].map((_, i) => branches.reduce((total, branch) => total * branch[i]!, 1))

const sideBySide = (branches: ReadonlyArray<Float32Array>, n: number): ReadonlyArray<number> =>
  Array.from({ length: n }, (_, i) => branches.flatMap((branch) => rowOf(branch, n, i))).flat()

/** `out` null: an activation, which keeps the channels. */
const branches = fc.array(
  fc.record({ out: fc.option(fc.integer({ min: 1, max: 3 })), activation: fc.constantFrom(relu, tanh) }),
  { minLength: 2, maxLength: 3 }
)

export const branchLaw = (engine: Engine, runs: number): Law =>
  law(
    'adds, multiplies or concatenates the outputs of its branches',
    fc.property(
      fc.constantFrom('sum', 'product', 'concat'),
      inputs,
      branches,
      fc.integer({ min: 1, max: 3 }),
      fc.nat({ max: 2 ** 31 - 1 }),
      (how, input, drawn, n, seed) => {
        const channels = input[0]!
        const children = drawn.map(({ out, activation }, i) =>
          named(`b${i}`, out === null ? activation : conv2d(channels, how === 'concat' ? out : channels, 1))
        )
        const joined = { sum, product, concat }[how](...children)
        const plan = asPlan(sequential(joined, flatten), input)
        const { state } = freshStart(plan, seed)
        const x = normals(seed, n * input.reduce((a, b) => a * b, 1))
        // as an exported model where the engine runs such, and by its kernels
        for (const way of [engine, { ...engine, load: undefined }]) {
          const run = outputsOf(way, n, x, input)
          const alone = children.map((child) => run(child, state))
          const expected = { sum: added, product: multiplied, concat: sideBySide }[how](alone, n)
          equal(plan.output, [expected.length / n], 'the shape')
          allClose(run(joined, state), expected, `the outputs of a ${how}`, tolerance.outputs)
        }
      }
    ),
    runs
  )
