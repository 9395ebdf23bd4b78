/** Numbers as cells: rounded, sorted by their value. */
import { type Interval, wilsonInterval } from '../interpret/index.js'
import type { Cell } from '../page/index.js'

/** A number with so many decimals; a dash for what is no number. */
export const rounded = (value: number, digits = 4): Cell =>
  Number.isNaN(value) ? null : { shown: value.toFixed(digits), sort: value }

export const showInterval = ({ low, high }: Interval): string => `${low.toFixed(3)} to ${high.toFixed(3)}`

/** A proportion with its Wilson interval. */
export const proportion = (hits: number, n: number): Cell =>
  n === 0 ? null : { shown: `${(hits / n).toFixed(3)} (${showInterval(wilsonInterval(hits, n))})`, sort: hits / n }
