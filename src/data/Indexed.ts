/**
 * `Indexed`: a list whose elements are made when they are asked for, so that no million of them is kept.
 *
 * @since 0.1.0
 */

export interface Indexed<A> {
  readonly length: number
  /** The element at a position below `length`. */
  readonly at: (i: number) => A
}

export const indexed = <A>(all: ReadonlyArray<A>): Indexed<A> => ({ length: all.length, at: (i) => all[i]! })

/** Maps elements when they are asked for. */
export const mapIndexed =
  <A, B>(f: (a: A, i: number) => B) =>
  ({ length, at }: Indexed<A>): Indexed<B> => ({ length, at: (i) => f(at(i), i) })

/** Maps all elements now. */
export const listOf =
  <A, B>(f: (a: A, i: number) => B) =>
  ({ length, at }: Indexed<A>): ReadonlyArray<B> => {
    const all = new Array<B>(length)
    for (let i = 0; i < length; i++) all[i] = f(at(i), i)
    return all
  }

/** The position of the first element of a kind; -1 if there is none. */
export const indexWhere = <A>({ length, at }: Indexed<A>, is: (a: A, i: number) => boolean): number => {
  for (let i = 0; i < length; i++) if (is(at(i), i)) return i
  return -1
}

export const everyIndexed = <A>(all: Indexed<A>, is: (a: A) => boolean): boolean =>
  indexWhere(all, (a) => !is(a)) === -1

/** The elements from a position on. */
export const dropIndexed = <A>(n: number, { length, at }: Indexed<A>): Indexed<A> => ({
  length: Math.max(0, length - n),
  at: (i) => at(n + i)
})

/** The elements at some positions. */
export const pickIndexed = <A>(places: ArrayLike<number>, { at }: Indexed<A>): Indexed<A> => ({
  length: places.length,
  at: (i) => at(places[i]!)
})

/** The positions of the elements of a kind. */
export const placesWhere = <A>(all: Indexed<A>, is: (a: A, i: number) => boolean): Uint32Array => {
  const places = new Uint32Array(all.length)
  let n = 0
  for (let i = 0; i < all.length; i++) if (is(all.at(i), i)) places[n++] = i
  return places.subarray(0, n)
}

/** Lists, one after the other. */
export const joinIndexed = <A>(all: ReadonlyArray<Indexed<A>>): Indexed<A> => ({
  length: all.reduce((sum, { length }) => sum + length, 0),
  at: (position) => {
    let [k, i] = [0, position]
    while (i >= all[k]!.length) i -= all[k++]!.length
    return all[k]!.at(i)
  }
})

const [blockBits, blockSize] = [16, 2 ** 16]

/** A list that grows in blocks: an array that grows leaves copies of itself behind. */
export const growing = <A>(): Indexed<A> & {
  readonly push: (a: A) => void
  readonly set: (i: number, a: A) => void
} => {
  const blocks: Array<Array<A>> = []
  let n = 0
  return {
    get length() {
      return n
    },
    at: (i) => blocks[i >> blockBits]![i & (blockSize - 1)]!,
    set: (i, a) => {
      blocks[i >> blockBits]![i & (blockSize - 1)] = a
    },
    push: (a) => {
      if ((n & (blockSize - 1)) === 0) blocks.push([])
      blocks[n >> blockBits]!.push(a)
      n += 1
    }
  }
}
