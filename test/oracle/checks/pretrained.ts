/** pretrained_*.json: real weights of one architecture, and what they give, on every engine that can be used here. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { cifarResnet } from '../../../examples/017-cifar-resnets.js'
import { acquireEngine, compileInference, type Engine, listEngines, type StateDict } from '../../../src/engine/index.js'
import { nodeIo } from '../../../src/io/index.js'
import { loadWeights } from '../../../src/learn/weights/weights.js'
import {
  type Arch,
  customHead,
  cut,
  identity,
  type Model,
  type Shape,
  sizeOf,
  splitOn,
  withHead,
  withWeights
} from '../../../src/model/index.js'
import { costOf, type Plan, plan } from '../../../src/plan/index.js'
import { close, type Compared, failed, type Outcome, outcome, pending, same } from '../Comparison.js'
import { architecture } from './architectures.js'
import { fromChannelsLast, toChannelsLast } from './arrays.js'

type Rows = ReadonlyArray<ReadonlyArray<number>>

interface PretrainedCase {
  readonly input: {
    readonly shape: readonly [number, number, number, number]
    readonly formula: string
    readonly x_first4_of_each_n: Rows
    readonly x_sum_float64_of_each_n: ReadonlyArray<number>
  }
  readonly logits_first: Rows
  readonly logits_count_given: number
  readonly logits_len: number
  readonly argmax: ReadonlyArray<number>
  readonly top5: Rows
  readonly logit_max: ReadonlyArray<number>
  readonly logits_mean: ReadonlyArray<number>
  readonly logits_std_population: ReadonlyArray<number>
  readonly body: {
    readonly shape: Shape
    readonly mean: ReadonlyArray<number>
    readonly std_population: ReadonlyArray<number>
    readonly max: ReadonlyArray<number>
    readonly first8_flat_chw: Rows
    readonly global_avg_pool_first8: Rows
  }
}

/** What every such file says of its weights. */
export interface PretrainedFile {
  readonly arch: string
  readonly weights: Readonly<Record<string, { readonly sha256: string }>>
  readonly parameters: number
  readonly cases: ReadonlyArray<PretrainedCase>
}

// -------------------------------------------------------------------------------------
// what is recorded, as values of ours
// -------------------------------------------------------------------------------------

/** `resnet20 (CIFAR-10 ResNet, ...)`: of any depth, as a user defines it. */
export const pretrainedArch = (text: string): Arch | null => {
  const depth = /^resnet(\d+) \(CIFAR/.exec(text)?.[1]
  return depth === undefined ? architecture(text) : cifarResnet(Number(depth))
}

const folders = (): ReadonlyArray<string> => {
  const [assets, oracle] = [process.env['GRAFT_ASSETS'], process.env['ORACLE_DIR']]
  return [
    ...(assets === undefined || assets === '' ? [] : [join(assets, 'weights'), join(assets, 'data'), assets]),
    ...(oracle === undefined || oracle === '' ? [] : [join(oracle, '../weights'), join(oracle, 'weights'), oracle])
  ]
}

/** Where a file of weights or data is; null: not here. */
export const assetFile = (name: string): string | null =>
  folders()
    .map((folder) => join(folder, name))
    .find(existsSync) ?? null

export const absent = (name: string): Outcome =>
  pending(`${name}, which neither GRAFT_ASSETS (${process.env['GRAFT_ASSETS'] ?? 'unset'}) nor ORACLE_DIR leads to`)

/** Throws with every key that is missing, misshaped or too many. */
export const weighed = async (p: Plan, arch: Arch): Promise<StateDict> => {
  const loaded = await loadWeights(p, arch)(nodeIo())()
  if (E.isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
  return loaded.right.state
}

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

/** Every engine that can be used here, or the one that ORACLE_ENGINE names. */
export const usableEngines = async (): Promise<ReadonlyArray<Engine>> => {
  const wanted = process.env['ORACLE_ENGINE']
  const names = (await listEngines()).flatMap((r) =>
    r._tag === 'Usable' && (wanted === undefined || wanted === '' || r.name === wanted) ? [r.name] : []
  )
  return Promise.all(names.map(async (name) => right(await acquireEngine(name)())))
}

/** Row by row, each in the order of [C, H, W]. */
export const predictRows = (engine: Engine, p: Plan, state: StateDict, x: Float32Array, n: number): Rows => {
  const inference = right(compileInference(engine)(p, state))
  const outputs = inference.predict(x, n)
  inference.dispose()
  const flat = fromChannelsLast(right(outputs), [n, ...p.output])
  const size = sizeOf(p.output)
  return Array.from({ length: n }, (_, i) => flat.slice(i * size, (i + 1) * size))
}

// -------------------------------------------------------------------------------------
// inputs and numbers of the record
// -------------------------------------------------------------------------------------

const formula = 'x[n,c,h,w] = float32(sin(0.01*(c*H*W + h*W + w) + n))'

const waves = ([n, ...image]: readonly [number, number, number, number]): ReadonlyArray<Float32Array> =>
  Array.from({ length: n }, (_, i) => Float32Array.from({ length: sizeOf(image) }, (_x, k) => Math.sin(0.01 * k + i)))

const nested = (row: Float32Array, [c, h, w]: Shape): ReadonlyArray<ReadonlyArray<ReadonlyArray<number>>> =>
  Array.from({ length: c! }, (_, i) =>
    Array.from({ length: h! }, (_y, y) => [...row.subarray((i * h! + y) * w!, (i * h! + y + 1) * w!)])
  )

const mean = (row: ReadonlyArray<number>): number => row.reduce((a, b) => a + b, 0) / row.length
const deviation = (row: ReadonlyArray<number>): number => {
  const m = mean(row)
  return Math.sqrt(mean(row.map((v) => (v - m) ** 2)))
}

/** The places of the `k` largest, largest first. */
export const largest = (row: ReadonlyArray<number>, k: number): ReadonlyArray<number> =>
  [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, k)

const ofLogits = (what: string, rows: Rows, c: PretrainedCase): ReadonlyArray<Compared> => [
  same(
    `${what}: logits_len`,
    rows.map((row) => row.length),
    rows.map(() => c.logits_len)
  ),
  close(
    `${what}: logits_first`,
    rows.map((row) => row.slice(0, c.logits_count_given)),
    c.logits_first,
    'logits'
  ),
  same(
    `${what}: argmax`,
    rows.map((row) => largest(row, 1)[0]),
    c.argmax
  ),
  same(
    `${what}: top5`,
    rows.map((row) => largest(row, 5)),
    c.top5
  ),
  close(
    `${what}: logit_max`,
    rows.map((row) => Math.max(...row)),
    c.logit_max,
    'logits'
  ),
  close(`${what}: logits_mean`, rows.map(mean), c.logits_mean, 'logits'),
  close(`${what}: logits_std_population`, rows.map(deviation), c.logits_std_population, 'logits')
]

const ofBody = (what: string, rows: Rows, shape: Shape, { body }: PretrainedCase): ReadonlyArray<Compared> => {
  const area = shape[1]! * shape[2]!
  const pooled = (row: ReadonlyArray<number>): ReadonlyArray<number> =>
    Array.from({ length: 8 }, (_, c) => mean(row.slice(c * area, (c + 1) * area)))
  return [
    same(`${what}: body.shape`, shape, body.shape),
    close(`${what}: body.mean`, rows.map(mean), body.mean, 'body'),
    close(`${what}: body.std_population`, rows.map(deviation), body.std_population, 'body'),
    close(
      `${what}: body.max`,
      rows.map((row) => Math.max(...row)),
      body.max,
      'body'
    ),
    close(
      `${what}: body.first8_flat_chw`,
      rows.map((row) => row.slice(0, 8)),
      body.first8_flat_chw,
      'body'
    ),
    close(`${what}: body.global_avg_pool_first8`, rows.map(pooled), body.global_avg_pool_first8, 'body')
  ]
}

// -------------------------------------------------------------------------------------
// the check
// -------------------------------------------------------------------------------------

const bodyOf = (arch: Arch): Model => pipe(cut(arch), withHead(customHead(identity)), splitOn(['head']))

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** One case, with every file of the weights that is here. */
export const pretrainedCase = async (recorded: PretrainedFile, c: PretrainedCase): Promise<Outcome> => {
  const arch = pretrainedArch(recorded.arch)
  if (arch === null) return pending(`the architecture ${recorded.arch}`)
  if (!c.input.formula.startsWith(formula)) return failed(`no formula that is known: ${c.input.formula}`)
  const files = Object.entries(recorded.weights).flatMap(([name, { sha256: sum }]) => {
    const file = assetFile(name)
    return file === null ? [] : [{ name, file, sum }]
  })
  if (files.length === 0) return absent(Object.keys(recorded.weights).join(', '))
  const [n, ...image] = c.input.shape
  const rows = waves(c.input.shape)
  const x = toChannelsLast(rows.map((row) => nested(row, image)))
  const compared: Array<Compared> = [
    close(
      'x_first4',
      rows.map((row) => row.slice(0, 4)),
      c.input.x_first4_of_each_n,
      'pixels'
    ),
    close(
      'x_sum',
      rows.map((row) => row.reduce((a, b) => a + b, 0)),
      c.input.x_sum_float64_of_each_n,
      'sums'
    )
  ]
  const engines = await usableEngines()
  if (engines.length === 0) return failed('no engine can be used here')
  const states: Array<StateDict> = []
  for (const { name, file, sum } of files) {
    const own = withWeights(file)(arch)
    const [whole, body] = [right(plan({ input: image })(own)), right(plan({ input: image })(bodyOf(own)))]
    const [state, bodyState] = [await weighed(whole, arch), await weighed(body, arch)]
    compared.push(
      same(`${name}: sha256`, sha256(file), sum),
      same(`${name}: parameters`, costOf(whole).parameters, recorded.parameters)
    )
    const before = states.find((each) => isDeepStrictEqual(each, state))
    states.push(state)
    // the same numbers in another format give what they gave
    if (before !== undefined) continue
    for (const engine of engines) {
      const what = `${name} on ${engine.name}`
      compared.push(
        ...ofLogits(what, predictRows(engine, whole, state, x, n), c),
        ...ofBody(what, predictRows(engine, body, bodyState, x, n), body.output, c)
      )
    }
  }
  return outcome(compared)
}
