/**
 * Groups consecutive elements; `goesOn` decides from the current group and the next element whether it belongs to it.
 */
export const stretches =
  <A>(goesOn: (stretch: ReadonlyArray<A>, next: A) => boolean) =>
  (all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
    all.reduce<ReadonlyArray<ReadonlyArray<A>>>((found, next) => {
      const last = found.at(-1)
      return last !== undefined && goesOn(last, next) ? [...found.slice(0, -1), [...last, next]] : [...found, [next]]
    }, [])
