/**
 * Translation of a file's keys to an architecture's: prefixes, segments added by wrappers, and names of timm and older
 * files. A key that the architecture has is never renamed.
 */
import { keyRules } from '../../arch/index.js'

/** Segments that wrappers add to keys at any depth: DataParallel, torch.compile, FSDP. */
const wrappers: ReadonlyArray<string> = ['module', '_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module']

/** The architecture's name for a key; null: none. */
const ownName = (key: string, known: ReadonlySet<string>): string | null =>
  known.has(key)
    ? key
    : (keyRules.map(({ from, to }) => key.replace(from, to)).find((other) => other !== key && known.has(other)) ?? null)

/** A file's keys after a prefix, translated to the architecture's names. */
export interface Prefixed {
  /** Without the final dot: `model.backbone`; '' is no prefix. Segments of wrappers are removed. */
  readonly prefix: string
  /** The file's key for each of the architecture's. */
  readonly keys: ReadonlyMap<string, string>
}

/** Removes segments of wrappers from a key, unless the architecture itself uses such names. */
export const unwrapped = (known: ReadonlySet<string>): ((key: string) => ReadonlyArray<string>) => {
  const own = new Set([...known].flatMap((key) => key.split('.')))
  const dropped = new Set(wrappers.filter((segment) => !own.has(segment)))
  return (key) => key.split('.').filter((segment) => !dropped.has(segment))
}

/** Every prefix after which some keys are the architecture's, with those keys. */
export const prefixesOf = (keys: Iterable<string>, known: ReadonlySet<string>): ReadonlyArray<Prefixed> => {
  const found = new Map<string, Map<string, string>>()
  const segmentsOf = unwrapped(known)
  for (const key of keys) {
    const segments = segmentsOf(key)
    for (let i = 0; i < segments.length; i++) {
      const own = ownName(segments.slice(i).join('.'), known)
      if (own === null) continue
      const prefix = segments.slice(0, i).join('.')
      const under = found.get(prefix) ?? new Map<string, string>()
      found.set(prefix, under)
      if (!under.has(own)) under.set(own, key)
    }
  }
  return [...found].map(([prefix, under]) => ({ prefix, keys: under }))
}
