/** How well the state dicts of a file fit a network, for every state dict and every prefix. */
import { eqTask, type Task } from '../../data/index.js'
import type { StoredStateDict } from '../../format/index.js'
import type { Mistake } from '../../GraftError.js'
import { type Arch, isUnder, type Shape, showShape } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import { firstConvolution, takes, takesOtherChannels } from '../weights/adaptation.js'
import { type Prefixed, prefixesOf, unwrapped } from '../weights/keys.js'
import { weightsError } from '../LearnError.js'
import { bodyOf, hasBody, keyOf, type Vocabulary, vocabulariesOf, type Wanted } from '../learner/vocabulary.js'

/** One way to read a network's weights from a file. */
export interface Fit {
  /** Its key in the file and its prefix: `state_dict.model`; '' is the whole file. */
  readonly name: string
  readonly dict: StoredStateDict
  /** The file's key for each path that is read; null: zeros, for a bias that the file's layer does not have. */
  readonly taken: ReadonlyMap<string, string | null>
  /** Why it does not fit; empty: it fits. */
  readonly mistakes: ReadonlyArray<Mistake>
  /** Tensors that the architecture does not have. */
  readonly left: ReadonlyArray<string>
  /**
   * The first layer of the head that is initialised from the seed although the file has other weights for it; null:
   * none.
   */
  readonly fresh: string | null
  /** How many of the wanted keys fit, and how many exist. */
  readonly score: readonly [fits: number, found: number]
}

/** torch's batch counter, which is not needed. */
const isCounter = (key: string): boolean => key.endsWith('num_batches_tracked')

/** Maximum number of prefixes to try in a state dict; those with the most keys come first. */
const mostPrefixes = 8

/** Suffixes of parameters: an unknown key with one of them means a different network. */
const isParameter = (key: string): boolean =>
  /(^|\.)(weight|bias|running_mean|running_var|weight_[gv]|weight_orig)$/.test(key)

const shapeOf = (dict: StoredStateDict, key: string | undefined): Shape | undefined =>
  key === undefined ? undefined : dict.tensors.get(key)?.shape

// -------------------------------------------------------------------------------------
// the head
// -------------------------------------------------------------------------------------

const joined = (...parts: ReadonlyArray<string>): string => parts.filter((part) => part !== '').join('.')

/** Prefixes that the head may have: graft's own `head`, or the part after body 0 of a sequence. */
const headPrefixes = (plan: Plan, prefix: string): ReadonlyArray<string> => {
  if (!hasBody(plan)) return []
  const segments = prefix.split('.')
  const parent = segments.slice(0, -1).join('.')
  switch (segments.at(-1)) {
    case 'body':
      return [joined(parent, 'head')]
    case '0':
      return [joined(parent, '1'), parent]
    default:
      return []
  }
}

interface TakenHead {
  readonly taken: ReadonlyMap<string, string | null>
  readonly fresh: string | null
}

/** The head's layers, from the first on, as far as they fit; the last one only if the task is the same. */
const headFrom = (
  plan: Plan,
  task: Task | null,
  shapes: (path: string) => readonly [key: string | undefined, shape: Shape | undefined]
): TakenHead => {
  const layers = plan.layers.flatMap(({ path, layer }) => {
    const its = [...plan.parameters, ...plan.buffers].filter(
      (p) => !isUnder('body')(p.path) && parentOf(p.path) === path
    )
    return its.length === 0 ? [] : [{ path, layer, its }]
  })
  const taken = new Map<string, string | null>()
  for (const [i, { path, layer, its }] of layers.entries()) {
    const isLast = i === layers.length - 1
    const found = its.map((p) => [p, ...shapes(p.path)] as const)
    const fits = found.every(
      ([p, , shape]) =>
        (shape !== undefined && showShape(shape) === showShape(p.shape)) ||
        (shape === undefined && layer._tag === 'Linear' && p.path === `${path}.bias`)
    )
    const other = isLast && task !== null && plan.task !== null && !eqTask.equals(task, plan.task)
    if (!fits || other) return { taken, fresh: taken.size === 0 && !other ? null : path }
    for (const [p, key, shape] of found) taken.set(p.path, shape === undefined ? null : key!)
  }
  return { taken, fresh: null }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'))

// -------------------------------------------------------------------------------------
// one way
// -------------------------------------------------------------------------------------

/** What a file's weights were trained for, if the file says so. */
export interface Origin {
  readonly task: Task | null
}

const misfits = (plan: Plan, arch: Arch, own: ReadonlyArray<readonly [Wanted, Shape | undefined]>) =>
  own.map(([{ path, shape }, found]) =>
    weightsError(
      keyOf(plan)(path),
      showShape(shape),
      found === undefined ? 'no such key' : showShape(found),
      `pass weights of ${arch.name}`
    )
  )

const fitOf = (
  plan: Plan,
  arch: Arch,
  dict: StoredStateDict,
  origin: Origin,
  vocabulary: Vocabulary,
  { prefix, keys }: Prefixed
): Fit => {
  const nameOf = new Map([...vocabulary].flatMap(([key, path]) => (path === null ? [] : [[path, key] as const])))
  const first = firstConvolution(plan)
  const found = bodyOf(plan).map((wanted) => {
    const key = keys.get(nameOf.get(wanted.path) ?? '')
    return { wanted, key, shape: shapeOf(dict, key) }
  })
  const replaced =
    first !== null &&
    found.some(({ wanted, shape }) => wanted.path === first.weight && shape && takesOtherChannels(first, { shape }))
  const isOwn = /(^|\.)body$/.test(prefix)
  const fits = ({ wanted, shape }: (typeof found)[number]): boolean =>
    shape !== undefined && takes(shape, wanted.shape, wanted.path === first?.weight ? first : null)
  // user-defined layers are initialised from the seed, unless graft has trained them
  const mayTake = ({ path, fresh }: Wanted): boolean => !fresh || isOwn || (replaced && isUnder(first.path)(path))
  const needed = found.filter(({ wanted }) => !wanted.fresh)
  const segmentsOf = unwrapped(new Set(vocabulary.keys()))
  const clean = new Map([...dict.tensors.keys()].map((key) => [segmentsOf(key).join('.'), key]))
  const heads = headPrefixes(plan, prefix).map((head) =>
    headFrom(plan, origin.task, (path) => {
      const key = clean.get(joined(head, path.slice('head.'.length)))
      return [key, shapeOf(dict, key)]
    })
  )
  const head = heads.toSorted((a, b) => b.taken.size - a.taken.size)[0] ?? { taken: new Map(), fresh: null }
  const taken = new Map<string, string | null>([
    ...found.flatMap((f) => (mayTake(f.wanted) && fits(f) ? [[f.wanted.path, f.key!] as const] : [])),
    ...head.taken
  ])
  const known = new Set([...keys.values(), ...head.taken.values()])
  const headKeys = headPrefixes(plan, prefix).map((h) => `${h}.`)
  const left = [...clean].flatMap(([cleaned, key]) =>
    known.has(key) || isCounter(key) || headKeys.some((h) => h !== '.' && cleaned.startsWith(h)) ? [] : [key]
  )
  const parts = new Set(needed.map(({ wanted }) => joined(prefix, nameOf.get(wanted.path)!.split('.')[0]!)))
  const isWithin = (key: string): boolean => {
    const cleaned = segmentsOf(key).join('.')
    return [...parts].some((part) => isUnder(part)(cleaned))
  }
  const missing = needed.filter((f) => !fits(f))
  const unexpected = left.filter((key) => missing.length > 0 || (isWithin(key) && isParameter(key)))
  return {
    name: joined(dict.at, prefix),
    dict,
    taken,
    mistakes: [
      ...misfits(
        plan,
        arch,
        missing.map(({ wanted, shape }) => [wanted, shape] as const)
      ),
      ...unexpected.map((key) =>
        weightsError(key, `a key of ${arch.name}`, 'an unexpected key', 'remove it, or use its architecture')
      )
    ],
    left,
    fresh: head.fresh,
    score: [needed.length - missing.length, needed.filter(({ shape }) => shape !== undefined).length]
  }
}

/** Every way to read a network's weights from state dicts, the best first. */
export const fitsOf = (
  plan: Plan,
  arch: Arch,
  dicts: ReadonlyArray<StoredStateDict>,
  origin: Origin
): ReadonlyArray<Fit> =>
  dicts
    .flatMap((dict) =>
      vocabulariesOf(plan, arch).flatMap((vocabulary) =>
        prefixesOf(
          [...dict.tensors.keys()].filter((key) => !isCounter(key)),
          new Set(vocabulary.keys())
        )
          .toSorted((a, b) => b.keys.size - a.keys.size)
          .slice(0, mostPrefixes)
          .map((prefixed) => fitOf(plan, arch, dict, origin, vocabulary, prefixed))
      )
    )
    .toSorted((a, b) => b.score[0] - a.score[0] || b.score[1] - a.score[1] || a.mistakes.length - b.mistakes.length)
