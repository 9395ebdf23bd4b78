/** Resolves a split to the group of each layer, and a freeze to the layers that are trained. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Freeze, isUnder, type Layer, type Model, showFreeze } from '../model/index.js'
import { freezeError, type PlanError, sortOf, splitError } from './PlanError.js'

/** Where the second and later groups start, as positions of layers and as the given paths. */
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

const byFunction = (path: string, f: () => unknown): E.Either<PlanError, ReadonlyArray<string>> => {
  const noPaths = (found: string) =>
    splitError(
      path,
      'a function that returns a list of paths',
      found,
      'fix the function: return paths that summary(plan) shows'
    )
  return pipe(
    E.tryCatch(f, (e) => noPaths(`it threw: ${String(e)}`)),
    E.chain((starts) => {
      if (!Array.isArray(starts)) return E.left(noPaths(`it returned ${sortOf(starts)}`))
      // a hole in a sparse array is not a path either
      const odd = Array.from(starts as ReadonlyArray<unknown>).filter((start) => typeof start !== 'string')
      return odd.length === 0
        ? E.right(starts as ReadonlyArray<string>)
        : E.left(noPaths(`it returned a list with ${sortOf(odd[0])}`))
    })
  )
}

const startsOf = (model: Model, body: Layer): E.Either<PlanError, ReadonlyArray<string>> => {
  const split = model.split
  switch (split._tag) {
    case 'OwnSplit':
      return E.right([...(model.body.arch.split ?? []).map((path) => `body.${path}`), 'head'])
    case 'SplitOn':
      return E.right(split.starts)
    case 'SplitBy':
      return byFunction(what(model), () => split.f.run(body))
  }
}

/** How the starts were given, for error messages that name them. */
interface Written {
  /** What gave them. */
  readonly says: string
  /** A start as it was given. */
  readonly start: (path: string) => string
  /** What to do about a start that is not in the model. */
  readonly missing: (path: string) => string
}

const inModel = (says: string): Written => ({
  says,
  start: (path) => path,
  missing: () => 'use starts that the cut keeps, such as splitOn(["head"]); summary() lists the paths'
})

/** An architecture's own split has paths in its network; the start of the head is added. */
const inArch = (says: string): Written => {
  const start = (path: string): string => (path === 'head' ? path : path.slice('body.'.length))
  return {
    says,
    start,
    missing: (path) =>
      isUnder('head')(start(path))
        ? `leave '${start(path)}' out of the split: the head starts the last group anyway`
        : isUnder('body')(start(path))
          ? `write '${start(path).slice('body.'.length)}': the paths of an architecture's split are relative to its own network`
          : 'use paths in the part of the network that the cut keeps; summary() lists them'
  }
}

export const groupsAt = (
  starts: ReadonlyArray<string>,
  paths: ReadonlyArray<string>,
  says: string | Written
): E.Either<PlanError, Groups> => {
  const written = typeof says === 'string' ? inModel(says) : says
  const positions = starts.map((start) => paths.findIndex(isUnder(start)))
  const missing = starts.find((_, i) => positions[i] === -1)
  if (missing !== undefined)
    return E.left(
      splitError(
        `${written.says}: ${written.start(missing)}`,
        'the path of a layer or block of the model',
        'no such part',
        written.missing(missing)
      )
    )
  const misplaced = positions.findIndex((p, i) => i > 0 && p <= positions[i - 1]!)
  if (misplaced !== -1)
    return E.left(
      splitError(
        `${written.says}: ${written.start(starts[misplaced]!)}`,
        'group starts in data-flow order, each once',
        `${written.start(starts[misplaced]!)} after ${written.start(starts[misplaced - 1]!)}`,
        'put the starts in order'
      )
    )
  // a start at the first layer opens no new group, as in fastai
  const opening = positions.filter((p) => p > 0)
  return E.right({
    starts: starts.filter((_, i) => positions[i]! > 0),
    groupOf: (leaf) => opening.filter((p) => p <= leaf).length,
    count: opening.length + 1
  })
}

export const resolveSplit = (model: Model, body: Layer, paths: ReadonlyArray<string>): E.Either<PlanError, Groups> =>
  E.chain((starts: ReadonlyArray<string>) =>
    groupsAt(starts, paths, model.split._tag === 'OwnSplit' ? inArch(what(model)) : what(model))
  )(startsOf(model, body))

/**
 * The first group that is trained, from 0; a negative `freezeTo` counts from the end of `groups`. A freeze of the body
 * gives 0, because it goes by path instead. A group that does not exist is a `FreezeError` at `path`.
 *
 * @example
 * import { freezeToGroup } from 'graft-vision'
 * import { resolveFreeze } from './index.js'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(resolveFreeze(freezeToGroup(-1), 3, 'model'), E.right(2))
 * assert.ok(E.isLeft(resolveFreeze(freezeToGroup(3), 3, 'model')))
 *
 * @since 0.1.0
 */
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
          `an integer from ${-groups} to ${groups - 1}, for ${groups} groups`,
          String(freeze.n),
          `use freezeTo(${groups - 1}) to train only the last group`
        )
      )
}
