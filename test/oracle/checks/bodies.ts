/** bodies.json: cuts, shapes, parameter counts and layer groups of the architectures. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { regression } from '../../../src/data/index.js'
import {
  arch,
  type Arch,
  batchNormUnderFreeze,
  type Body,
  customHead,
  cut,
  cutAt,
  cutBy,
  flatten,
  freeze,
  freezeTo,
  head,
  identity,
  isCombination,
  type Layer,
  linear,
  conv2d,
  relu,
  type Model,
  namedChildren,
  numbered,
  type Shape,
  sizeOf,
  splitOn,
  unfreeze,
  withHead
} from '../../../src/model/index.js'
import { costOf, type Plan, plan, type PlanError } from '../../../src/plan/index.js'
import { type Compared, errs, failed, type Outcome, outcome, pending, same, where } from '../Comparison.js'
import { architecture } from './architectures.js'
import { type HeadArgs, headOptions } from './heads.js'

interface Group {
  readonly params: number
  readonly trainable_params: number
  readonly param_tensors: number
  readonly trainable_tensors: number
}

interface BodyCase {
  readonly arch: string
  readonly input: Shape
  readonly error?: string
  readonly children?: ReadonlyArray<string>
  readonly n_children?: number
  readonly in_model_meta?: boolean
  readonly meta_cut?: number | null
  readonly cut_argument?: number | string
  readonly full_params?: number
  readonly body_children?: ReadonlyArray<string>
  readonly body_params?: number
  readonly body_output?: Shape
  readonly other_outputs?: Readonly<Record<string, Shape>>
  readonly child_output_shapes?: ReadonlyArray<Shape>
  readonly num_features_model?: number
  readonly classes?: number
  readonly head_args?: HeadArgs
  readonly model_params?: number
  readonly head_params?: number
  readonly n_groups?: number
  readonly learner_error?: string
  /** frozen, unfrozen, frozen_train_bn_false, freeze_to_<n>. */
  readonly [state: string]: unknown
}

// -------------------------------------------------------------------------------------
// the record's words
// -------------------------------------------------------------------------------------

const torchNames: Readonly<Record<string, string>> = { BatchNorm: 'BatchNorm2d', Relu: 'ReLU' }

const kindOf = (layer: Layer): string => (isCombination(layer) ? 'Sequential' : (torchNames[layer._tag] ?? layer._tag))

const kinds = (network: Layer): ReadonlyArray<string> => namedChildren(network).map((child) => kindOf(child.layer))

/** How the record writes a cut that was no number. */
const stringCut = /^the string "(.*)"$/
const functionCut = /^function: the first (\d+) children$/

const cutOf = (argument: number | string | undefined): ((a: Arch) => Body) | null => {
  if (argument === undefined) return cut
  if (typeof argument === 'number') return cutAt(argument)
  const name = stringCut.exec(argument)?.[1]
  if (name !== undefined) return cutAt(name)
  const count = functionCut.exec(argument)?.[1]
  return count === undefined
    ? null
    : cutBy(argument, (network) =>
        isCombination(network) ? { ...network, children: network.children.slice(0, Number(count)) } : network
      )
}

// -------------------------------------------------------------------------------------
// decisions, each a predicate over a case's inputs
// -------------------------------------------------------------------------------------

/** An exported function that cannot be called as an architecture: our architectures are values, there is none such. */
const isUncallable = (c: BodyCase): boolean => / \(as exported\)$/.test(c.arch)

/** Our cuts may name a child; the reference takes counts and functions only. */
const cutsByName = (c: BodyCase): boolean => typeof c.cut_argument === 'string' && stringCut.test(c.cut_argument)

/** The reference goes on with an empty body, or cuts at what is not there; ours is an error. */
const cutsOutside = (c: BodyCase, children: number): boolean => {
  const at = c.cut_argument
  return typeof at === 'number' && (at === 0 || at <= -children || at > children)
}

/**
 * A network whose only child holds everything: the reference's rule leaves an empty body of it, without an entry of its
 * own; ours may have a cut by path, which the reference could not express, and the rule alone is an error.
 */
const isOneChild = (c: BodyCase): boolean =>
  c.in_model_meta === false && c.n_children === 1 && c.cut_argument === undefined

/** The network of a case that gives no architecture, only its children's kinds; channels are free. */
const networkOf = (children: ReadonlyArray<string>): Layer | null => {
  const layers: Readonly<Record<string, Layer>> = {
    Conv2d: conv2d(3, 3, 3, { padding: 1 }),
    ReLU: relu,
    Flatten: flatten,
    Linear: linear(4, 2)
  }
  const found = children.map((kind) => layers[kind])
  return found.every((l) => l !== undefined) ? numbered(...(found as ReadonlyArray<Layer>)) : null
}

// -------------------------------------------------------------------------------------
// comparing
// -------------------------------------------------------------------------------------

const errorsOf = (checked: E.Either<ReadonlyArray<PlanError>, Plan>): ReadonlyArray<PlanError> =>
  pipe(
    checked,
    E.match(
      (errors) => errors,
      (): ReadonlyArray<PlanError> => []
    )
  )

const bare = (body: Body, input: Shape) =>
  pipe(body, withHead(customHead(identity)), splitOn(['head']), plan({ input }))

const within =
  (root: string) =>
  (p: { readonly path: string }): boolean =>
    p.path.startsWith(`${root}.`)

const count = (p: Plan, root: string): number =>
  p.parameters.filter(within(root)).reduce((n, { shape }) => n + sizeOf(shape), 0)

const bodyLayer = (p: Plan): Layer => namedChildren(p.network)[0]!.layer

/** What a child gives is what the next one gets. */
const childOutputs = (p: Plan): ReadonlyArray<Shape> =>
  namedChildren(bodyLayer(p)).map((_, i, all) => {
    const next = all[i + 1]
    if (next === undefined) return p.output
    const first = p.layers.find(({ path }) => path === `body.${next.name}` || path.startsWith(`body.${next.name}.`))
    return first!.input
  })

/** The reference's cuts are counts. */
const countIn = (at: Arch['cut']): number | null => (typeof at === 'number' ? at : null)

const ofArch = (a: Arch, c: BodyCase): ReadonlyArray<Compared> =>
  [
    where(c.children, (names) => same('children', kinds(a.network), names)),
    where(c.n_children, (n) => same('n_children', namedChildren(a.network).length, n)),
    where(c.in_model_meta, (known) => same('in_model_meta', countIn(a.cut) !== null, known)),
    where(c.meta_cut, (at) => same('meta_cut', countIn(a.cut), at)),
    where(c.full_params, (n) =>
      pipe(
        a,
        plan({ input: c.input }),
        E.match(
          (errors) => [same('full network', errors, [])],
          (p) => [same('full_params', costOf(p).parameters, n)]
        )
      )
    )
  ].flat()

const ofBody = (body: Body, c: BodyCase): ReadonlyArray<Compared> => {
  const checked = bare(body, c.input)
  if (E.isLeft(checked)) return [same('body', checked.left, [])]
  const p = checked.right
  const outputAt = (side: string): Shape | null =>
    pipe(
      bare(body, [c.input[0]!, Number(side), Number(side)]),
      E.match(
        () => null,
        (other) => other.output
      )
    )
  return [
    where(c.body_children, (names) => same('body_children', kinds(bodyLayer(p)), names)),
    where(c.body_params, (n) => same('body_params', count(p, 'body'), n)),
    where(c.body_output, (shape) => same('body_output', p.output, shape)),
    where(c.child_output_shapes, (shapes) => same('child_output_shapes', childOutputs(p), shapes)),
    where(c.num_features_model, (n) => same('num_features_model', p.output[0], n)),
    Object.entries(c.other_outputs ?? {}).map(([side, shape]) => same(`output at ${side}`, outputAt(side), shape))
  ].flat()
}

const groupsOf = (p: Plan): ReadonlyArray<Group> =>
  Array.from({ length: p.groups }, (_, g) => {
    const inGroup = p.parameters.filter(({ group }) => group === g)
    const trainable = inGroup.filter((x) => x.trainable)
    const sizes = (all: typeof inGroup) => all.reduce((n, { shape }) => n + sizeOf(shape), 0)
    return {
      params: sizes(inGroup),
      trainable_params: sizes(trainable),
      param_tensors: inGroup.length,
      trainable_tensors: trainable.length
    }
  })

const stateOf = (key: string): ((m: Model) => Model) | null => {
  if (key === 'frozen') return freeze
  if (key === 'unfrozen') return unfreeze
  if (key === 'frozen_train_bn_false') return (m) => batchNormUnderFreeze('statisticsOnly')(freeze(unfreeze(m)))
  const n = /^freeze_to_(-?\d+)$/.exec(key)?.[1]
  return n === undefined ? null : freezeTo(Number(n))
}

const counted = ({ params, trainable_params, param_tensors, trainable_tensors }: Group): Group => ({
  params,
  trainable_params,
  param_tensors,
  trainable_tensors
})

/** A learner that the reference cannot make, for instance because the cut took the split's start away. */
const learnerErrs = (body: Body, c: BodyCase): Compared =>
  same(
    'learner_error',
    pipe(body, withHead(head(headOptions(c.head_args ?? {}))), plan({ input: c.input, task: regression(2) }), E.isLeft),
    true
  )

const ofModel = (body: Body, c: BodyCase): ReadonlyArray<Compared> => {
  if (c.classes === undefined) return where(c.learner_error, () => learnerErrs(body, c))
  const model = withHead(head(headOptions(c.head_args ?? {})))(body)
  const how = { input: c.input, task: regression(c.classes) }
  const checked = plan(how)(model)
  if (E.isLeft(checked)) return [same('model', checked.left, [])]
  const p = checked.right
  const states = Object.entries(c).flatMap(([key, groups]) => {
    const state = stateOf(key)
    return state === null
      ? []
      : pipe(
          plan(how)(state(model)),
          E.match(
            (errors) => [same(key, errors, [])],
            (frozen) => [same(key, groupsOf(frozen), (groups as ReadonlyArray<Group>).map(counted))]
          )
        )
  })
  return [
    where(c.model_params, (n) => same('model_params', costOf(p).parameters, n)),
    where(c.head_params, (n) => same('head_params', count(p, 'head'), n)),
    where(c.n_groups, (n) => same('n_groups', p.groups, n)),
    states
  ].flat()
}

const builtBody = (a: Arch, c: BodyCase): Outcome => {
  const by = cutOf(c.cut_argument)
  if (by === null) return pending(`cut functions described as '${String(c.cut_argument)}'`)
  const body = by(a)
  if (isOneChild(c)) {
    const ruled = cut({ ...a, cut: null })
    return outcome(
      ofArch(a, c),
      errs('the default rule', errorsOf(bare(ruled, c.input)), 'CutError'),
      where(c.learner_error, () => learnerErrs(ruled, c))
    )
  }
  if (cutsOutside(c, namedChildren(a.network).length))
    return outcome(ofArch(a, c), errs('cut', errorsOf(bare(body, c.input)), 'CutError'))
  if (cutsByName(c)) {
    const at = namedChildren(a.network).findIndex(({ name }) => name === stringCut.exec(String(c.cut_argument))?.[1])
    return outcome(
      ofArch(a, c),
      at > 0
        ? where(c.children, (all) => ofBody(body, { ...c, body_children: all.slice(0, at) }))
        : errs('cut', errorsOf(bare(body, c.input)), 'CutError')
    )
  }
  if (c.error !== undefined) return outcome(ofArch(a, c), errs('error', errorsOf(bare(body, c.input)), 'CutError'))
  return outcome(ofArch(a, c), ofBody(body, c), ofModel(body, c))
}

/** A network of which the record gives the children's kinds only: what its default cut comes to. */
const unnamedBody = (c: BodyCase): Outcome | null => {
  const network = networkOf(c.children ?? [])
  if (c.in_model_meta !== false || c.error === undefined || network === null) return null
  const a = arch({ name: c.arch, network })
  const errors = errorsOf(bare(cut(a), c.input))
  return outcome(
    where(c.n_children, (n) => same('n_children', namedChildren(network).length, n)),
    errs('default cut', errors, 'CutError')
  )
}

export const bodies = (c: BodyCase): Outcome => {
  const a = architecture(c.arch)
  if (a === null) return unnamedBody(c) ?? failed(`no architecture ${c.arch}`)
  return isUncallable(c) ? outcome(same('an architecture is a value', typeof a, 'object')) : builtBody(a, c)
}
