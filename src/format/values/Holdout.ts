/**
 * Holdouts as JSON: `"auto"`, `"folder"`, `{ "pct": 0.2, "seed": 42 }`, `{ "stratified": { "pct": 0.2 } }`,
 * `{ "group": { "by": "patient" } }`, `{ "file": "valid.txt" }`, `{ "list": [...] }`, `{ "column": "is_valid" }` and
 * `{ "fold": { "fold": 0, "k": 5 } }`.
 */
import * as O from 'fp-ts/lib/Option.js'
import {
  foldHoldout,
  type Holdout,
  holdoutAuto,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByFolder,
  holdoutByGroup,
  holdoutByList,
  holdoutByPct,
  holdoutStratified
} from '../../data/index.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'

const grouping = makeSchema((g) => g.union(g.string, g.whole(0), g.object({ pattern: g.string }, {})))

export const holdout = makeSchema((g) =>
  g.union(
    g.literal('auto', 'folder'),
    g.object({ pct: g.number }, { seed: g.whole(0) }),
    g.keyed({
      stratified: g.object({ pct: g.number }, { seed: g.whole(0) }),
      group: g.object({ by: grouping(g) }, { pct: g.number, seed: g.whole(0) }),
      file: g.string,
      list: g.list(g.string),
      column: g.union(g.string, g.whole(0)),
      fold: g.object(
        { fold: g.whole(0), k: g.whole(2) },
        { stratified: g.boolean, group: grouping(g), seed: g.whole(0) }
      )
    })
  )
)

export const holdoutFrom = (json: TypeOf<typeof holdout>): Holdout => {
  if (json === 'auto') return holdoutAuto
  if (json === 'folder') return holdoutByFolder
  if ('pct' in json) return holdoutByPct(json.pct, json.seed)
  if ('stratified' in json) return holdoutStratified(json.stratified.pct, json.stratified.seed)
  if ('group' in json) return holdoutByGroup(json.group.by, json.group.pct, json.group.seed)
  if ('file' in json) return holdoutByFile(json.file)
  if ('list' in json) return holdoutByList(json.list)
  if ('column' in json) return holdoutByColumn(json.column)
  const { fold, k, ...options } = json.fold
  return holdoutByFold(fold, k, options)
}

export const holdoutTo: (value: Holdout) => unknown = foldHoldout<unknown>({
  Auto: () => 'auto',
  ByFolder: () => 'folder',
  ByPct: ({ pct, seed }) => ({ pct, seed }),
  Stratified: ({ pct, seed }) => ({ stratified: { pct, seed } }),
  ByGroup: ({ by, pct, seed }) => ({ group: { by, pct, seed } }),
  ByFile: ({ file }) => ({ file }),
  ByList: ({ files }) => ({ list: files }),
  ByColumn: ({ column }) => ({ column }),
  // rejected before
  ByFunction: () => null,
  Fold: ({ fold, k, stratified, group, seed }) => ({
    fold: { fold, k, stratified, ...(O.isSome(group) ? { group: group.value } : {}), seed }
  })
})
