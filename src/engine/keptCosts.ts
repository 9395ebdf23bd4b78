import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { nodeCache } from '../Cache.js'
import type { ConvCosts, EngineCosts } from './ConvCosts.js'
import { costFields } from './onnxruntime/index.js'

/**
 * The costs measured on this machine, in a file of graft's cache. They are valid for one version of ONNX Runtime, one
 * processor model and one number of threads, which are in the file's name and content.
 */

/** What costs are valid for. */
export interface CostsFor {
  readonly onnxruntime: string
  readonly cpu: string
  /** Channels per block in ONNX Runtime's internal convolutions, which depends on the vector width. */
  readonly block: number
  readonly threads: number
}

const cpuinfo = (): string =>
  pipe(
    E.tryCatch(() => readFileSync('/proc/cpuinfo', 'utf8'), E.toError),
    E.getOrElse(() => '')
  )

/**
 * The processor's model. Virtual machines often report only the vendor, so on Linux the family and model numbers are
 * included.
 */
export const cpuName = (): string => {
  const info = cpuinfo()
  const numbers = ['cpu family', 'model', 'CPU part'].flatMap((field) => {
    const found = new RegExp(`^${field}\\s*:\\s*(\\S+)$`, 'm').exec(info)
    return found === null ? [] : [`${field} ${found[1]!}`]
  })
  return [cpus()[0]?.model.trim() ?? process.arch, ...numbers].join(', ')
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The path of the file in a cache. */
export const costsFile = (home: string, { onnxruntime, cpu, block, threads }: CostsFor): string =>
  path.join(
    home,
    'engines',
    `conv-costs-onnxruntime-${onnxruntime}-${slug(cpu)}-block-${block}-threads-${threads}.json`
  )

const FORMAT = 1

/** The content of the file. */
export const costsText = (of: CostsFor, costs: ConvCosts, measured: string): string =>
  `${JSON.stringify({ graft: FORMAT, ...of, measured, costs }, null, 2)}\n`

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === 'object' && u !== null

const isCost = (u: unknown): boolean =>
  isObject(u) &&
  ['ms', 'perGflop', 'perGbyte'].every((name) => {
    const value = u[name]
    return typeof value === 'number' && Number.isFinite(value) && value >= 0
  })

/** Whether a value has the costs of every algorithm in every use, all finite and not negative. */
export const isConvCosts = (u: unknown): u is ConvCosts =>
  isObject(u) &&
  costFields.every(([form, used]) => {
    const costs = u[form]
    return isObject(costs) && used.every((use) => isCost(costs[use]))
  })

/** The costs in a file, or why they cannot be used here. */
export const costsIn = (
  of: CostsFor,
  text: string
): E.Either<string, { readonly costs: ConvCosts; readonly measured: string }> =>
  pipe(
    E.tryCatch(
      () => JSON.parse(text) as unknown,
      () => 'is no JSON'
    ),
    E.chain((json) => {
      if (!isObject(json) || json['graft'] !== FORMAT)
        return E.left('was written by another version of graft, or is another kind of file')
      const other = Object.entries(of).find(([name, value]) => json[name] !== value)
      if (other !== undefined)
        return E.left(
          `was measured for ${other[0]} ${String(json[other[0]])}, but this machine has ${String(other[1])}`
        )
      const { costs, measured } = json
      return isConvCosts(costs) && typeof measured === 'string'
        ? E.right({ costs, measured })
        : E.left('has missing or invalid costs')
    })
  )

const readable = (file: string): E.Either<string, string> =>
  E.tryCatch(
    () => readFileSync(file, 'utf8'),
    (cause) =>
      cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
        ? 'absent'
        : `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
  )

/** The vector instructions of the x86 processors on which the built-in costs were measured, by block size. */
const vectorsOf: Readonly<Record<number, string>> = { 8: 'AVX2', 16: 'AVX-512' }

/** graft's own costs for a block size. `ignored`: why costs measured here are not used. */
export const builtInCosts = (block: number, ignored: string | null = null): EngineCosts => ({
  _tag: 'BuiltIn',
  measuredOn: process.arch === 'x64' ? (vectorsOf[block] ?? null) : null,
  ignored
})

/**
 * The costs for this machine: those measured here, from the first of the cache's folders that has any; otherwise
 * graft's own.
 */
export const costsHere = (of: CostsFor, home: string | undefined): EngineCosts => {
  const cache = nodeCache()
  const files = [home ?? cache.home, ...cache.assets].map((folder) => costsFile(folder, of))
  let ignored: string | null = null
  for (const file of files) {
    const found = pipe(
      readable(file),
      E.chain((text) => costsIn(of, text))
    )
    if (E.isRight(found)) return { _tag: 'Tuned', ...found.right, file }
    if (found.left !== 'absent') ignored ??= `${file} ${found.left}`
  }
  return builtInCosts(of.block, ignored)
}
