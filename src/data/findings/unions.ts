/** Groups of positions. */

/** Members by what they have in common; groups in the order of their first members. */
export const groupedBy = <K>(
  positions: ReadonlyArray<number>,
  keyOf: (i: number) => K
): ReadonlyArray<ReadonlyArray<number>> => {
  const groups = new Map<K, Array<number>>()
  for (const i of positions) {
    const key = keyOf(i)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [i])
    else group.push(i)
  }
  return [...groups.values()]
}

/** Sets of positions that are united one pair at a time. */
export const unions = (n: number) => {
  const parents = Uint32Array.from({ length: n }, (_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (parents[root] !== root) root = parents[root]!
    for (let at = i; at !== root;) [at, parents[at]] = [parents[at]!, root]
    return root
  }
  return {
    rootOf,
    unite: (i: number, j: number): void => {
      const [a, b] = [rootOf(i), rootOf(j)]
      if (a !== b) parents[Math.max(a, b)] = Math.min(a, b)
    }
  }
}
