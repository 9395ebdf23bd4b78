/**
 * Resolving a split to the group of every leaf, and a freeze to what trains.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Freeze, isUnder, type Layer, type Model, showFreeze } from '../model/index.js'
import { freezeError, type PlanError, splitError } from './PlanError.js'

/** Where each group after the first starts, as positions among the leaves, and the paths that said so. */
export interface Groups {
  readonly starts: ReadonlyArray<string>
  readonly groupOf: (leaf: number) => number
  readonly count: number
}

export const oneGroup: Groups = { starts: [], groupOf: () => 0, count: 1 }

const what = (model: Model): string =>
  model.split._tag === 'OwnSplit'
    ? `${model.body.arch.name}'s own split`
    : model.split._tag === 'SplitBy'
      ? `splitBy('${model.split.f.label}')`
      : 'splitOn'

const startsOf = (model: Model, body: Layer): E.Either<PlanError, ReadonlyArray<string>> => {
  const split = model.split
  switch (split._tag) {
    case 'OwnSplit':
      return E.right([...(model.body.arch.split ?? []).map((path) => `body.${path}`), 'head'])
    case 'SplitOn':
      return E.right(split.starts)
    case 'SplitBy':
      return E.tryCatch(
        () => split.f.run(body),
        (e) => splitError(what(model), 'a function that gives paths', `it threw: ${String(e)}`, 'mend the function')
      )
  }
}

export const groupsAt = (
  starts: ReadonlyArray<string>,
  paths: ReadonlyArray<string>,
  says: string
): E.Either<PlanError, Groups> => {
  const positions = starts.map((start) => paths.findIndex(isUnder(start)))
  const missing = starts.find((_, i) => positions[i] === -1)
  if (missing !== undefined)
    return E.left(
      splitError(
        `${says}: ${missing}`,
        'the path of a part of the model',
        'no such part',
        'give starts that the cut keeps, such as splitOn(["head"]); summary() lists the paths'
      )
    )
  const misplaced = positions.findIndex((p, i) => i > 0 && p <= positions[i - 1]!)
  if (misplaced !== -1)
    return E.left(
      splitError(
        `${says}: ${starts[misplaced]}`,
        'group starts in data-flow order, each once',
        `${starts[misplaced]} after ${starts[misplaced - 1]}`,
        'put the starts in order'
      )
    )
  // a start at the first leaf opens no new group, as in the reference
  const opening = positions.filter((p) => p > 0)
  return E.right({
    starts: starts.filter((_, i) => positions[i]! > 0),
    groupOf: (leaf) => opening.filter((p) => p <= leaf).length,
    count: opening.length + 1
  })
}

export const resolveSplit = (model: Model, body: Layer, paths: ReadonlyArray<string>): E.Either<PlanError, Groups> =>
  E.chain((starts: ReadonlyArray<string>) => groupsAt(starts, paths, what(model)))(startsOf(model, body))

/** The first group that trains; a freeze of the body is by path instead. */
export const resolveFreeze = (freeze: Freeze, groups: number, path: string): E.Either<PlanError, number> => {
  if (freeze._tag === 'FreezeBody') return E.right(0)
  const n = freeze.n < 0 ? groups + freeze.n : freeze.n
  if (freeze.n < 0 && groups === 1)
    return E.left(
      freezeError(
        `${path}: ${showFreeze.show(freeze)}`,
        'more than one group',
        '1 group',
        'split the model first, or use freezeBody'
      )
    )
  return Number.isInteger(freeze.n) && n >= 0 && n < groups
    ? E.right(n)
    : E.left(
        freezeError(
          `${path}: ${showFreeze.show(freeze)}`,
          `a whole number from ${-groups} to ${groups - 1}, for ${groups} groups`,
          String(freeze.n),
          `use freezeTo(${groups - 1}) to train the last group alone`
        )
      )
}
