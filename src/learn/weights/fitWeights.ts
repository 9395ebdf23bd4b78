/** The weights of a plan from a file's state dicts: the one that fits, or why none does. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Stats } from '../../data/index.js'
import type { StateDict } from '../../engine/index.js'
import { type Dtype, type StoredStateDicts, toFloat32 } from '../../format/index.js'
import type { Mistake } from '../../GraftError.js'
import { type Arch, showShape, sizeOf } from '../../model/index.js'
import type { Plan } from '../../plan/index.js'
import { adapted } from './adaptation.js'
import { weightsMistakes } from '../loop/finite.js'
import { type Fit, fitsOf } from '../loop/fitting.js'
import { weightsError } from '../LearnError.js'
import { modelDicts, type Trained, trainedBy } from '../saved/trainedBy.js'
import { bodyOf, keyOf } from '../learner/vocabulary.js'

/** The weights of a network from a file. */
export interface LoadedWeights {
  readonly state: StateDict
  /** Remarks: what was ignored, and which layers of the head are initialised from the seed. */
  readonly notes: ReadonlyArray<string>
  /** The normalisation of the training images, if graft trained the weights; null: the architecture's. */
  readonly stats: Stats | null
}

export const noWeights: LoadedWeights = { state: new Map(), notes: [], stats: null }

const inWords = (names: ReadonlyArray<string>): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`

/** The weights that a fit reads. */
const stateFrom = (plan: Plan, { dict, taken }: Fit): StateDict =>
  new Map(
    [...plan.parameters, ...plan.buffers].flatMap(({ path, shape }) => {
      const key = taken.get(path)
      if (key === undefined) return []
      if (key === null) return [[path, new Float32Array(sizeOf(shape))] as const]
      const tensor = dict.tensors.get(key)!
      return [[path, adapted({ shape: tensor.shape, data: toFloat32(tensor) }, shape).data] as const]
    })
  )

const sameNumbers = (a: StateDict, b: StateDict): boolean =>
  a.size === b.size &&
  [...a].every(([path, values]) => {
    const other = b.get(path)
    return other?.length === values.length && values.every((value, i) => Object.is(value, other[i]))
  })

const several = (file: string, names: ReadonlyArray<string>): Mistake =>
  weightsError(
    file,
    'exactly one state dict that fits',
    `${names.length} that fit, with different values: ${names.map((name) => name || '(the outermost)').join(', ')}`,
    `choose one: withWeights('${file}#${names.at(-1)!}')`
  )

/** The error for a file with nothing of the network. */
const another = (plan: Plan, arch: Arch, { dicts, file }: Opened, trained: Trained | null): Mistake => {
  const keys = dicts.flatMap(({ tensors }) => [...tensors].map(([key, { shape }]) => `${key} ${showShape(shape)}`))
  const foreign = trained !== null && trained.arch !== arch.name
  const wanted = bodyOf(plan).map(({ path, shape }) => `${keyOf(plan)(path)} ${showShape(shape)}`)
  return weightsError(
    file,
    `weights of ${arch.name}: ${inWords(wanted)}`,
    foreign ? `weights of ${trained.arch}, trained by graft` : `none of them: ${inWords(keys)}`,
    `pass weights of ${arch.name}, or name the architecture of these weights (--arch)`
  )
}

interface Opened {
  readonly file: string
  readonly dicts: StoredStateDicts
  /** The key of the state dict that was asked for. */
  readonly key: string | null
}

type Mistakes = RNEA.ReadonlyNonEmptyArray<Mistake>

const isChosen =
  (key: string | null) =>
  ({ name, dict }: Fit): boolean =>
    key === null || name === key || dict.at === key || name.startsWith(`${key}.`) || name.endsWith(`.${key}`)

/** Keys that are in the file, with objects in place of tensors, such as 8-bit floats: one mistake for all of them. */
const unreadable = ({ dict, mistakes }: Fit): ReadonlyArray<Mistake> => {
  const its = [...dict.others].filter(([key]) => mistakes.some(({ path }) => key === path || key.endsWith(`.${path}`)))
  const [first] = its
  const found = [...new Set(its.map(([, value]) => value))].slice(0, 5).join(', ')
  return first === undefined
    ? []
    : [
        weightsError(
          first[0],
          'a tensor of floating-point numbers',
          its.length === 1 ? found : `${found} (${its.length} keys)`,
          'convert the tensors, in Python: torch.save({k: v.float() for k, v in state_dict.items()}, NEW)'
        )
      ]
}

/** The best fit, if it fits and is the only one. */
const chosen = (plan: Plan, arch: Arch, opened: Opened, trained: Trained | null): E.Either<Mistakes, Fit> => {
  const { file, key } = opened
  const all = fitsOf(plan, arch, opened.dicts, { task: trained?.task ?? null })
  const asked = all.filter(isChosen(key))
  if (key !== null && all.length > 0 && asked.length === 0)
    return E.left([
      weightsError(
        `${file}#${key}`,
        `one of ${[...new Set(all.map(({ name }) => name))].join(', ')}`,
        key,
        `name one of them after the file: --weights ${file}#${all[0]!.name}`
      )
    ])
  const [best] = asked
  if (best === undefined || best.score[1] === 0) return E.left([another(plan, arch, opened, trained)])
  const unread = unreadable(best)
  if (RA.isNonEmpty(unread)) return E.left(unread)
  if (RA.isNonEmpty(best.mistakes))
    return E.left(
      best.score[0] === 0 && trained !== null && trained.arch !== arch.name
        ? [another(plan, arch, opened, trained)]
        : best.mistakes
    )
  const [first, ...others] = asked
    .filter(({ mistakes }) => mistakes.length === 0)
    .map((fit) => [fit, stateFrom(plan, fit)] as const)
  const different = others.filter(([, state]) => !sameNumbers(first![1], state))
  return different.length === 0
    ? E.right(best)
    : E.left([
        several(
          file,
          [best, ...different.map(([fit]) => fit)].map(({ name }) => name)
        )
      ])
}

const notesOf = (arch: Arch, { file, dicts }: Opened, { dict, left, fresh, name }: Fit): ReadonlyArray<string> => [
  ...(dicts.length > 1 && dict.tensors.size > 1 && name !== '' ? [`${file}: the weights are those under ${name}`] : []),
  ...(left.length === 0
    ? []
    : [
        `${file}: left out ${left.length} ${left.length === 1 ? 'tensor' : 'tensors'} that ${arch.name} does not have: ${inWords(left)}`
      ]),
  ...(fresh === null ? [] : [`${file}: in the head, ${fresh} and the layers after it are initialised randomly`])
]

const floats: ReadonlyArray<Dtype> = ['F64', 'F32', 'F16', 'BF16']

/** Integer weights: those of a quantised network, without its scales. One mistake, however many they are. */
const integerMistakes = ({ dict, taken }: Fit): ReadonlyArray<Mistake> => {
  const integers = [...new Set(taken.values())].flatMap((key) => {
    const dtype = key === null ? undefined : dict.tensors.get(key)?.dtype
    return key === null || dtype === undefined || floats.includes(dtype) ? [] : [{ key, dtype }]
  })
  const [first, ...others] = integers
  const types = [...new Set(integers.map(({ dtype }) => dtype))].join(', ')
  return first === undefined
    ? []
    : [
        weightsError(
          first.key,
          `floating-point numbers (${floats.join(', ')})`,
          others.length === 0 ? types : `${types} (${integers.length} tensors)`,
          'pass the weights from before the network was quantised'
        )
      ]
}

/**
 * A plan's weights from a file's state dicts: the body (or all of a bare architecture), and the head if the file's
 * fits. Keys of what the cut dropped are optional. Replaced layers are initialised from the seed, except for a first
 * convolution that differs only in its number of input channels.
 */
export const fitWeights = (plan: Plan, arch: Arch, opened: Opened): E.Either<Mistakes, LoadedWeights> => {
  const trained = trainedBy(opened.dicts)
  const own = trained === null ? opened : { ...opened, dicts: modelDicts(opened.dicts) }
  return pipe(
    chosen(plan, arch, own, trained),
    E.chain((fit) => {
      const integers = integerMistakes(fit)
      if (RA.isNonEmpty(integers)) return E.left(integers)
      const state = stateFrom(plan, fit)
      const wrong = weightsMistakes(state, (path) => fit.taken.get(path) ?? path)
      return RA.isNonEmpty(wrong)
        ? E.left(wrong)
        : E.right({ state, notes: notesOf(arch, own, fit), stats: trained?.stats ?? null })
    })
  )
}
