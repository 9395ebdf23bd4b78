import type { Arch } from './Arch.js'
import { isLayer } from './isLayer.js'

type Check = (u: unknown) => boolean

const number: Check = (u) => typeof u === 'number'
const string: Check = (u) => typeof u === 'string'
const listOf =
  (check: Check): Check =>
  (u) =>
    Array.isArray(u) && u.every(check)
const orNull =
  (check: Check): Check =>
  (u) =>
    u === null || check(u)

const fields =
  (table: Readonly<Record<string, Check>>): Check =>
  (u) =>
    typeof u === 'object' &&
    u !== null &&
    Object.entries(table).every(([field, check]) => check((u as Record<string, unknown>)[field]))

const table: Readonly<Record<Exclude<keyof Arch, '_tag'>, Check>> = {
  name: (u) => string(u) && u !== '',
  network: isLayer,
  input: fields({ channels: number, size: number, mean: listOf(number), std: listOf(number), crop: number }),
  cut: orNull((u) => number(u) || string(u)),
  split: orNull(listOf(string)),
  published: listOf(fields({ tag: string, licence: string })),
  weights: fields({ _tag: string })
}

const arch = /*#__PURE__*/ fields({ _tag: (u) => u === 'Arch', ...table })

/**
 * Returns whether a value is an architecture as made by `arch`. For values from a user's module, which may export
 * anything.
 *
 * @example
 * import { resnet18 } from 'graft-vision'
 * import { isArch } from './index.js'
 *
 * assert.deepStrictEqual([isArch(resnet18), isArch(resnet18.network), isArch({ _tag: 'Arch' })], [true, false, false])
 *
 * @since 0.1.0
 */
export const isArch = (u: unknown): u is Arch => arch(u)
