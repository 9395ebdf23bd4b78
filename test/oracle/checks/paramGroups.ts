/** param_groups.json: which parameter stands in which optimiser group, with which rate and decay. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { regression } from '../../../src/data/index.js'
import {
  batchNormUnderFreeze,
  cut,
  freeze,
  freezeTo,
  head,
  type Model,
  namedChildren,
  sizeOf,
  unfreeze,
  withHead
} from '../../../src/model/index.js'
import { type Plan, plan, type PlanParameter } from '../../../src/plan/index.js'
import { adamW, ratesPerGroup } from '../../../src/recipe/index.js'
import { close, type Compared, failed, type Outcome, outcome, same, where } from '../Comparison.js'
import { architecture } from './architectures.js'
import { type HeadArgs, headOptions } from './heads.js'
import { ratesFrom, type RecordedRates } from './rates.js'

interface OptimiserGroup {
  readonly layer_group: number
  readonly role: 'decay' | 'no_decay'
  readonly lr: number
  readonly weight_decay: number
  readonly betas?: readonly [number, number]
  readonly eps?: number
  readonly tensors: number
  readonly numel: number
  readonly not_trainable: ReadonlyArray<string>
  /** Long lists are shortened by one "...". */
  readonly names: ReadonlyArray<string>
  readonly shapes?: ReadonlyArray<ReadonlyArray<number>>
}

interface ParamGroupsCase {
  readonly arch: string
  readonly classes: number
  readonly state: 'frozen' | 'unfrozen' | number
  readonly bn_wd: boolean
  readonly true_wd: boolean
  readonly train_bn: boolean
  readonly head_args: HeadArgs
  readonly lr: RecordedRates
  readonly wd: number
  readonly optimizer_groups: ReadonlyArray<OptimiserGroup>
}

const stated = (c: ParamGroupsCase): ((m: Model) => Model) => {
  const to = c.state === 'frozen' ? freeze : c.state === 'unfrozen' ? unfreeze : freezeTo(c.state)
  return (m) => to(batchNormUnderFreeze(c.train_bn ? 'trains' : 'statisticsOnly')(m))
}

/** `body.layer1.0.bn1.weight` is `0.4.0.bn1.weight` there: the body's children are numbered. */
const torchName =
  (p: Plan) =>
  (path: string): string => {
    const [root, child, ...rest] = path.split('.')
    if (root === 'head') return ['1', child, ...rest].join('.')
    const position = namedChildren(namedChildren(p.network)[0]!.layer).findIndex(({ name }) => name === child)
    return ['0', position, ...rest].join('.')
  }

/**
 * The reference keeps the biases of frozen layers in its second list, where they never receive a gradient; ours have
 * no optimiser state. They are counted here to compare the rest.
 */
const isInList =
  (role: OptimiserGroup['role'], norms: ReadonlySet<string>) =>
  (p: PlanParameter): boolean =>
    role === 'decay'
      ? p.decays === 'always' && p.trainable
      : p.decays === 'ifBnWd' && (p.trainable || !norms.has(p.path.slice(0, p.path.lastIndexOf('.'))))

const shortenedLike = <A>(all: ReadonlyArray<A>, recorded: ReadonlyArray<unknown>): ReadonlyArray<A | string> => {
  const gap = recorded.indexOf('...')
  return gap === -1 ? all : [...all.slice(0, gap), '...', ...all.slice(all.length - (recorded.length - gap - 1))]
}

const compareGroup =
  (p: Plan, c: ParamGroupsCase, rates: ReadonlyArray<number>) =>
  (g: OptimiserGroup, i: number): ReadonlyArray<Compared> => {
    const norms = new Set(p.layers.filter(({ layer }) => layer._tag === 'BatchNorm').map(({ path }) => path))
    const list = p.parameters.filter((x) => x.group === g.layer_group).filter(isInList(g.role, norms))
    const name = torchName(p)
    const decay = c.true_wd || (g.role === 'no_decay' && !c.bn_wd) ? 0 : c.wd
    const optimiser = adamW()
    const at = (what: string) => `group ${i} ${what}`
    return [
      close(at('lr'), rates[g.layer_group]!, g.lr, 'schedule'),
      close(at('weight_decay'), decay, g.weight_decay, 'schedule'),
      where(g.betas, (betas) => same(at('betas'), optimiser.betas, betas)),
      where(g.eps, (eps) => same(at('eps'), optimiser.eps, eps)),
      same(at('tensors'), list.length, g.tensors),
      same(
        at('numel'),
        list.reduce((n, { shape }) => n + sizeOf(shape), 0),
        g.numel
      ),
      same(
        at('not_trainable'),
        shortenedLike(
          list.filter((x) => !x.trainable).map(({ path }) => name(path)),
          g.not_trainable
        ),
        g.not_trainable
      ),
      same(
        at('names'),
        shortenedLike(
          list.map(({ path }) => name(path)),
          g.names
        ),
        g.names
      ),
      where(g.shapes, (shapes) =>
        same(
          at('shapes'),
          shortenedLike(
            list.map(({ shape }) => shape),
            shapes
          ),
          shapes
        )
      )
    ].flat()
  }

export const paramGroups = (c: ParamGroupsCase): Outcome => {
  const arch = architecture(c.arch)
  if (arch === null) return failed(`no architecture ${c.arch}`)
  const checked = pipe(
    arch,
    cut,
    withHead(head(headOptions(c.head_args))),
    stated(c),
    plan({ input: [3, 64, 64], task: regression(c.classes) })
  )
  if (E.isLeft(checked)) return failed(JSON.stringify(checked.left))
  const p = checked.right
  const rates = ratesPerGroup(p.groups)(ratesFrom(c.lr))
  if (E.isLeft(rates)) return failed(JSON.stringify(rates.left))
  return outcome(
    same('optimiser groups', 2 * p.groups, c.optimizer_groups.length),
    c.optimizer_groups.flatMap(compareGroup(p, c, rates.right))
  )
}
