/** heads.json: `create_head` layer by layer. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  arch,
  buffersOf,
  conv2d,
  head,
  type HeadOptions,
  defaultHead,
  type Layer,
  leaves,
  parametersOf,
  type Primitive,
  sizeOf,
  uncut,
  withHead
} from '../../../src/model/index.js'
import { linearHead, plan, type PlanError } from '../../../src/plan/index.js'
import { regression } from '../../../src/data/index.js'
import { errs, type Outcome, outcome, same, where } from '../Comparison.js'

export interface HeadArgs {
  readonly lin_ftrs?: ReadonlyArray<number> | null
  readonly ps?: number | ReadonlyArray<number> | null
  readonly concat_pool?: boolean
  readonly bn_final?: boolean
}

interface HeadCase {
  readonly args: HeadArgs & { readonly nf: number; readonly nc: number }
  readonly error?: string
  readonly layers?: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly parameters?: number
  readonly output_features?: number
  readonly linear_blocks?: number
  readonly state_dict?: ReadonlyArray<readonly [string, ReadonlyArray<number>]>
}

/** The reference takes no `ps` at all for an empty list. */
export const headOptions = (args: HeadArgs): HeadOptions => ({
  ...defaultHead,
  ...(args.lin_ftrs === undefined || args.lin_ftrs === null ? {} : { linFtrs: args.lin_ftrs }),
  ...(args.ps === undefined ? {} : { ps: args.ps ?? [] }),
  ...(args.concat_pool === undefined ? {} : { concatPool: args.concat_pool }),
  ...(args.bn_final === undefined ? {} : { bnFinal: args.bn_final })
})

/** The reference truncates such a head silently. */
export const hasWrongLengthPs = ({ ps, linFtrs }: HeadOptions): boolean =>
  typeof ps !== 'number' && ps.length !== 1 && ps.length !== linFtrs.length + 1

/** A layer in the record's words; a side that is one number stands for both. */
const described = (layer: Primitive): Readonly<Record<string, unknown>> => {
  switch (layer._tag) {
    case 'AdaptiveConcatPool2d':
    case 'AdaptiveAvgPool2d':
      return { type: layer._tag, output_size: layer.outputSize[0] }
    case 'BatchNorm':
      return { type: 'BatchNorm1d', features: layer.features, eps: layer.eps, momentum: layer.momentum, affine: true }
    case 'Linear':
      return { type: 'Linear', in: layer.inFeatures, out: layer.outFeatures, bias: layer.bias }
    case 'Relu':
      return { type: 'ReLU' }
    case 'Dropout':
      return { type: 'Dropout', p: layer.p }
    default:
      return { type: layer._tag }
  }
}

/** Whether an activation overwrites its input is the engine's affair. */
const withoutInplace = ({ inplace: _, ...layer }: Readonly<Record<string, unknown>>) => layer

const stateDict = (network: Layer): ReadonlyArray<readonly [string, ReadonlyArray<number>]> =>
  leaves(network).flatMap(({ path, layer }) =>
    [...parametersOf(layer), ...buffersOf(layer)].map((a) => [`${path}.${a.name}`, a.shape] as const)
  )

const planErrors = (options: HeadOptions): ReadonlyArray<PlanError> =>
  pipe(
    arch({ name: 'body', network: conv2d(3, 4, 1) }),
    uncut,
    withHead(head(options)),
    plan({ input: [3, 8, 8], task: regression(2) }),
    E.match(
      (errors): ReadonlyArray<PlanError> => errors,
      () => []
    )
  )

export const heads = ({ args, ...recorded }: HeadCase): Outcome => {
  const options = headOptions(args)
  if (hasWrongLengthPs(options)) {
    const errors = planErrors(options)
    const lengths = [options.linFtrs.length + 1, (options.ps as ReadonlyArray<number>).length]
    return outcome(
      errs('ps', errors, 'HeadError'),
      errors.flatMap((e) => [
        same('expected length', e.expected.includes(String(lengths[0])), true),
        same('found length', e.found.includes(String(lengths[1])), true)
      ])
    )
  }
  if (recorded.error !== undefined) return outcome(errs('error', planErrors(options), 'HeadError'))
  const network = linearHead(args.nf, args.nc, options)
  const found = leaves(network).map((leaf) => leaf.layer)
  const arrays = found.flatMap(parametersOf)
  const linears = found.flatMap((layer) => (layer._tag === 'Linear' ? [layer] : []))
  return outcome(
    planErrors(options).map((e) => same('plan', e, null)),
    where(recorded.layers, (layers) => same('layers', found.map(described), layers.map(withoutInplace))),
    where(recorded.parameters, (n) =>
      same(
        'parameters',
        arrays.reduce((sum, a) => sum + sizeOf(a.shape), 0),
        n
      )
    ),
    where(recorded.output_features, (n) => same('output_features', linears.at(-1)?.outFeatures, n)),
    where(recorded.linear_blocks, (n) => same('linear_blocks', linears.length, n)),
    where(recorded.state_dict, (entries) =>
      same(
        'state_dict',
        stateDict(network),
        entries.filter(([name]) => !name.endsWith('.num_batches_tracked'))
      )
    )
  )
}
