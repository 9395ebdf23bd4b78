/**
 * Everything known about an architecture without its weights: its size and cost, its own cut and groups, where its
 * weights are.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { classification } from '../data/index.js'
import {
  type Arch,
  cut,
  head,
  isUnder,
  type Shape,
  showShape,
  sizeOf,
  type WeightsRecord,
  withHead
} from '../model/index.js'
import { costOf } from './cost.js'
import { plan, type Plan } from './Plan.js'
import type { PlanError } from './PlanError.js'
import { columns, count, scaled } from './table.js'

/**
 * One line of the catalogue. Shapes and operations are for one image of the architecture's own size.
 *
 * @category plans
 * @since 0.1.0
 */
export interface ArchSummary {
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  /** Number of parameters of the whole network. */
  readonly parameters: number
  /** Floating-point operations of a forward pass of the whole network, 2 per multiply-add (`flopsOf`). */
  readonly flops: number
  /** Its own cut; null: before the last pooling child. */
  readonly cut: Arch['cut']
  /** The body after the cut. */
  readonly body: { readonly parameters: number; readonly output: Shape }
  /** Number of parameter groups with a head, and the paths at which the second and later ones start. */
  readonly groups: number
  readonly starts: ReadonlyArray<string>
  readonly weights: ReadonlyArray<WeightsRecord>
}

const bodyOf = ({ layers, parameters }: Plan): ArchSummary['body'] => ({
  parameters: parameters.reduce((n, { path, shape }) => n + (isUnder('body')(path) ? sizeOf(shape) : 0), 0),
  // the body's output is the input of the head's first layer
  output: layers.find(({ path }) => isUnder('head')(path))!.input
})

/**
 * Plans an architecture unchanged, and with its own cut and a head. Errors: those of `plan`, for example if the
 * architecture's own cut leaves nothing.
 *
 * @example
 * import { archSummaryOf, resnet18 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const checked = archSummaryOf(resnet18)
 * if (E.isLeft(checked)) throw new Error('a mistake in resnet18')
 * const { parameters, cut, body, groups } = checked.right
 * assert.deepStrictEqual([parameters, cut, body.output, groups], [11_689_512, -2, [512, 7, 7], 3])
 *
 * @category plans
 * @since 0.1.0
 */
export const archSummaryOf = (arch: Arch): E.Either<ReadonlyNonEmptyArray<PlanError>, ArchSummary> => {
  const { channels, size } = arch.input
  const input = [channels, size, size]
  return pipe(
    plan({ input })(arch),
    E.bindTo('whole'),
    E.bind('grafted', () =>
      plan({ input, task: classification(['one', 'another']) })(pipe(arch, cut, withHead(head())))
    ),
    E.map(({ whole, grafted }) => ({
      name: arch.name,
      input,
      output: whole.output,
      parameters: costOf(whole).parameters,
      flops: costOf(whole).flops,
      cut: arch.cut,
      body: bodyOf(grafted),
      groups: grafted.groups,
      starts: grafted.starts,
      weights: arch.published
    }))
  )
}

/**
 * Formats architectures as a table: name, cut (`pool`: before the last pooling child), published weights, input, output
 * of the body, parameters, operations, groups.
 *
 * @example
 * import { archSummaryOf, archTable, squeezenet1_1 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const one = archSummaryOf(squeezenet1_1)
 * assert.ok(E.isRight(one) && archTable([one.right]).includes('squeezenet1_1'))
 *
 * @category plans
 * @since 0.1.0
 */
export const archTable = (archs: ReadonlyArray<ArchSummary>): string =>
  columns(3)([
    ['name', 'cut', 'weights', 'input', 'body gives', 'parameters', 'FLOPs', 'groups'],
    ...archs.map((a) => [
      a.name,
      a.cut === null ? 'pool' : String(a.cut),
      a.weights.map(({ tag }) => tag).join(', ') || '-',
      showShape(a.input),
      showShape(a.body.output),
      count(a.parameters),
      scaled(a.flops, ''),
      String(a.groups)
    ])
  ])
    .map((line) => line.trimEnd())
    .join('\n')
