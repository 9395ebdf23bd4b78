/** Which values of a recorded case its check has read. */

type Path = ReadonlyArray<string>

/** A value that notes what is read of it, and the paths of leaves that nothing has read. */
export interface Reading<A> {
  readonly value: A
  readonly unread: () => ReadonlyArray<string>
}

const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null

/** A path by name: positions in arrays are all `[]`. */
const shown = (path: Path): string => path.join('.').replaceAll('.[]', '[]')

/** A list of numbers, however nested, is one value. */
const isLeaf = (u: unknown): boolean => !isObject(u) || (Array.isArray(u) && u.every(isLeaf))

const leavesOf = (u: unknown, path: Path): ReadonlyArray<readonly [string, object | null, string]> => {
  if (!isObject(u) || isLeaf(u)) return []
  return Object.entries(u).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(u) ? '[]' : key]
    return isLeaf(value) ? [[shown(at), u, key] as const] : leavesOf(value, at)
  })
}

/**
 * `recorded`, noting which of its properties are read. A property counts once something asks for it; one whose value is
 * an object or a list of objects counts by the properties of those.
 */
export const reading = <A extends object>(recorded: A): Reading<A> => {
  const read = new WeakMap<object, Set<string>>()
  const proxies = new WeakMap<object, object>()
  const proxied = (target: object): object => {
    const known = proxies.get(target)
    if (known !== undefined) return known
    const made = new Proxy(target, {
      get: (of, key, self): unknown => {
        const value: unknown = Reflect.get(of, key, self)
        if (typeof key === 'string') read.set(of, (read.get(of) ?? new Set()).add(key))
        return isObject(value) && !isLeaf(value) ? proxied(value) : value
      }
    })
    proxies.set(target, made)
    return made
  }
  return {
    value: proxied(recorded) as A,
    unread: () => [
      ...new Set(
        leavesOf(recorded, []).flatMap(([path, of, key]) =>
          of !== null && read.get(of)?.has(key) === true ? [] : [path]
        )
      )
    ]
  }
}
