/** Finds state dicts in a saved object, which may be one, contain several under any keys, or be a whole module. */
import { isA, type Pickled, showPickled, type View } from './Pickled.js'

/** Tensors by key, as one dict of a file contains them. */
export interface SavedDict {
  /** Its key in the file, `state_dict` or `model.ema`; '' is the file's root. */
  readonly at: string
  readonly views: ReadonlyMap<string, View>
  /** Short descriptions of values that are not tensors. */
  readonly others: ReadonlyMap<string, string>
}

/** Maximum nesting of dicts. */
const deepest = 4

/** The entries of a dict, or of an object on which items were set. */
const entriesOf = (value: Pickled): ReadonlyMap<Pickled, Pickled> | null =>
  isA('Dict')(value) || (isA('Placeholder')(value) && value.entries.size > 0) ? value.entries : null

/** The attributes of a `torch.nn.Module`; null: it is not one. */
const moduleParts = (value: Pickled): ReadonlyArray<readonly [kind: string, ReadonlyMap<Pickled, Pickled>]> | null => {
  if (!isA('Placeholder')(value) || !isA('Dict')(value.state)) return null
  const { entries } = value.state
  const parts = ['_parameters', '_buffers', '_modules'].flatMap((kind) => {
    const part = entries.get(kind)
    return isA('Dict')(part) ? [[kind, part.entries] as const] : []
  })
  return parts.length === 3 ? parts : null
}

/** A module's state dict: its own parameters and buffers and those of its submodules, each module once. */
const ofModule = (root: Pickled): ReadonlyMap<string, View> => {
  const views = new Map<string, View>()
  const seen = new Set<Pickled>()
  const left: Array<readonly [string, Pickled]> = [['', root]]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [prefix, module] = next
    if (seen.has(module)) continue
    seen.add(module)
    for (const [kind, part] of moduleParts(module) ?? [])
      for (const [name, value] of part) {
        if (typeof name !== 'string') continue
        if (kind === '_modules') left.push([`${prefix}${name}.`, value])
        else if (isA('View')(value)) views.set(`${prefix}${name}`, value)
      }
  }
  return views
}

const savedDict = (at: string, entries: ReadonlyMap<Pickled, Pickled>): SavedDict => {
  const views = new Map<string, View>()
  const others = new Map<string, string>()
  for (const [key, value] of entries)
    if (typeof key === 'string' && isA('View')(value)) views.set(key, value)
    else others.set(typeof key === 'string' ? key : showPickled(key), showPickled(value))
  return { at, views, others }
}

/** The values within a value, with their keys. */
export const within = (value: Pickled): ReadonlyArray<readonly [string, Pickled]> => {
  if (isA('List')(value) || isA('Tuple')(value)) return value.items.map((item, i) => [String(i), item] as const)
  return [...(entriesOf(value) ?? [])].flatMap(([key, item]) => (typeof key === 'string' ? [[key, item] as const] : []))
}

/**
 * Every dict that contains tensors, outermost first. Values under keys that are not text, as in an optimiser's state,
 * are skipped.
 */
export const stateDictsIn = (saved: Pickled): ReadonlyArray<SavedDict> => {
  const found: Array<SavedDict> = []
  const seen = new Set<Pickled>()
  let level: ReadonlyArray<readonly [string, Pickled]> = [['', saved]]
  for (let depth = 0; depth <= deepest; depth++) {
    const next: Array<readonly [string, Pickled]> = []
    for (const [at, value] of level) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue
      seen.add(value)
      const entries = entriesOf(value)
      const module = moduleParts(value) === null ? null : ofModule(value)
      const dict = module !== null ? { at, views: module, others: new Map() } : entries && savedDict(at, entries)
      if (dict !== null && dict.views.size > 0) found.push(dict)
      if (module === null) for (const [key, item] of within(value)) next.push([at === '' ? key : `${at}.${key}`, item])
    }
    level = next
  }
  return found
}
