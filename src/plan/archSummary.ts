/**
 * What is known of an architecture without weights: its size and cost, its own cut and groups, where weights for it are.
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
 * An architecture as a line of a catalogue. Shapes and operations are of one image of its own size.
 *
 * @since 0.1.0
 */
export interface ArchSummary {
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  /** Numbers in all parameters of the whole network. */
  readonly parameters: number
  /** Forward through the whole network, 2 per multiply-add (`flopsOf`). */
  readonly flops: number
  /** Its own; null: before the last child that pools. */
  readonly cut: Arch['cut']
  /** What the cut leaves. */
  readonly body: { readonly parameters: number; readonly output: Shape }
  /** Parameter groups with a head on its body, and where each after the first starts. */
  readonly groups: number
  readonly starts: ReadonlyArray<string>
  readonly weights: ReadonlyArray<WeightsRecord>
}

const bodyOf = ({ layers, parameters }: Plan): ArchSummary['body'] => ({
  parameters: parameters.reduce((n, { path, shape }) => n + (isUnder('body')(path) ? sizeOf(shape) : 0), 0),
  // what the body gives is what the head's first layer gets
  output: layers.find(({ path }) => isUnder('head')(path))!.input
})

/**
 * Plans an architecture as it is and with a head on its own cut. Errors: those of `plan`, for instance of an
 * architecture whose own cut leaves nothing.
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
 * Architectures as a table: name, cut (`pool`: before the last child that pools), published weights, input, what the
 * body gives, parameters, operations, groups.
 *
 * @example
 * import { archSummaryOf, archTable, squeezenet1_1 } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const one = archSummaryOf(squeezenet1_1)
 * assert.ok(E.isRight(one) && archTable([one.right]).includes('squeezenet1_1'))
 *
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
