/**
 * From a file's keys to an architecture's: whatever prefix a network was kept under, what wrappers put between, and what
 * timm and older files call otherwise. A key that the architecture knows is never renamed.
 */
import { keyRules } from '../../arch/index.js'

/** Segments that wrappers put into keys, wherever the wrapped module is: DataParallel, torch.compile, FSDP. */
const wrappers: ReadonlyArray<string> = ['module', '_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module']

/** The architecture's name of a key; null: it has none. */
const ownName = (key: string, known: ReadonlySet<string>): string | null =>
  known.has(key)
    ? key
    : (keyRules.map(({ from, to }) => key.replace(from, to)).find((other) => other !== key && known.has(other)) ?? null)

/** What a file's keys are called after one prefix: the architecture's own names. */
export interface Prefixed {
  /** Without the dot at its end: `model.backbone`; '' is none. Wrappers are left out. */
  readonly prefix: string
  /** The file's key by the architecture's. */
  readonly keys: ReadonlyMap<string, string>
}

/** The segments of a key without those of wrappers, unless the architecture has such names itself. */
export const unwrapped = (known: ReadonlySet<string>): ((key: string) => ReadonlyArray<string>) => {
  const own = new Set([...known].flatMap((key) => key.split('.')))
  const dropped = new Set(wrappers.filter((segment) => !own.has(segment)))
  return (key) => key.split('.').filter((segment) => !dropped.has(segment))
}

/** Every prefix after which some of the keys are the architecture's, with those keys. */
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
