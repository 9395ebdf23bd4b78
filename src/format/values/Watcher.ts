/**
 * Watchers of training steps as JSON: `"saveBest"`, or `{ "earlyStopping": { "patience": 3 } }`. Names, options and
 * defaults are those of `watcherKinds`.
 */
import {
  chosenOptions,
  type NamedWatcher,
  type Watcher,
  watcherKinds,
  watcherNamed,
  type WatcherOption
} from '../../recipe/index.js'
import { brief, refused } from '../grammar/Codec.js'
import type { FormatError } from '../FormatError.js'
import { type Grammar, makeSchema, type TypeOf } from '../grammar/Grammar.js'

type Tag = NamedWatcher['_tag']

const tags = Object.keys(watcherKinds) as ReadonlyArray<Tag>
const names = tags.map((tag) => watcherKinds[tag].name) as unknown as readonly [string, ...ReadonlyArray<string>]

const valueOf = <S>(g: Grammar<S>, option: WatcherOption) => {
  switch (option._tag) {
    case 'Name':
    case 'FileName':
      return g.string
    case 'OneOf':
      return g.literal(...option.values)
    case 'Whole':
    case 'Real':
      return g.number
  }
}

const optionsOf = <S>(g: Grammar<S>, tag: Tag) =>
  g.object(
    {},
    Object.fromEntries(
      Object.entries<WatcherOption>(watcherKinds[tag].options).map(([name, option]) => [name, valueOf(g, option)])
    )
  )

/** The schema of watchers. */
export const watcherSchema = makeSchema((g) =>
  g.union(
    g.literal(...names),
    g.keyed(Object.fromEntries(tags.map((tag) => [watcherKinds[tag].name, optionsOf(g, tag)])))
  )
)

export type WatcherJson = TypeOf<typeof watcherSchema>

export const watcherFrom = (json: WatcherJson): Watcher => {
  const [name, options] = typeof json === 'string' ? [json, {}] : Object.entries(json)[0]!
  return watcherNamed(tags[names.indexOf(name)]!, options)
}

export const watcherTo = (w: Watcher): unknown =>
  w._tag === 'CustomWatcher' ? null : brief(watcherKinds[w._tag].name, chosenOptions(w))

/** User-defined watchers cannot be written. */
export const watcherRefusals = (path: string, watchers: ReadonlyArray<Watcher>): ReadonlyArray<FormatError> =>
  watchers.flatMap((w, i) =>
    w._tag === 'CustomWatcher'
      ? [refused(`${path}[${i}]`, 'a watcher', w.watching, 'use a named watcher, or pass it in a program')]
      : []
  )
