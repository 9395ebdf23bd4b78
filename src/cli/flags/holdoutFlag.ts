/** `--holdout` and `--valid-pct`: which images to validate on. */
import * as E from 'fp-ts/lib/Either.js'
import { Option } from 'commander'
import {
  type Grouping,
  type Holdout,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByGroup,
  holdoutByPct,
  holdoutStratified,
  kindOfSource,
  type Source
} from '../../data/index.js'
import type { GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'
import { inRange, optional, refused, type Read } from './flags.js'

/** A holdout without its seed, for which `--seed` is used. */
export type SeededHoldout = (seed: number) => Holdout

/** The flags as typed. */
export interface DivisionFlags {
  readonly validPct?: string
  readonly holdout?: string
}

export const divisionOptions = (): ReadonlyArray<Option> => [
  new Option('--valid-pct <fraction>', 'validate on this random fraction (default: the valid folder, or 0.2)'),
  new Option(
    '--holdout <how>',
    'validate on: stratified:0.2, group:COLUMN, group:/REGEX/, file:valid.txt, column:COLUMN, or fold:1/5 (a fraction can follow a group: group:patient:0.1)'
  ).conflicts(['validPct', 'validCol'])
]

const fraction = /^(0?\.\d+|0)$/

const columnOf = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text)

const grouped = (text: string): SeededHoldout | null => {
  const [, pattern, after] = /^\/(.+)\/(?::(.*))?$/s.exec(text) ?? []
  const [, column, share] = /^([^/].*?)(?::(0?\.\d+))?$/s.exec(text) ?? []
  const by: Grouping | undefined =
    pattern !== undefined ? { pattern } : column === undefined ? undefined : columnOf(column)
  const pct = pattern !== undefined ? after : share
  if (by === undefined || (pct !== undefined && !(fraction.test(pct) && Number(pct) > 0))) return null
  return (seed) => holdoutByGroup(by, pct === undefined ? undefined : Number(pct), seed)
}

const folded = (text: string): SeededHoldout | null => {
  const [, fold = '', k = '', stratified] = /^(\d+)\/(\d+)(:stratified)?$/.exec(text) ?? []
  const [n, of] = [Number(fold), Number(k)]
  return fold !== '' && of >= 2 && n >= 1 && n <= of
    ? (seed) => holdoutByFold(n - 1, of, { stratified: stratified !== undefined, seed })
    : null
}

const kinds: Readonly<Record<string, (text: string) => SeededHoldout | null>> = {
  stratified: (text) =>
    text === ''
      ? (seed) => holdoutStratified(undefined, seed)
      : fraction.test(text)
        ? (seed) => holdoutStratified(Number(text), seed)
        : null,
  group: grouped,
  file: (text) => (text === '' ? null : () => holdoutByFile(text)),
  column: (text) => (text === '' ? null : () => holdoutByColumn(columnOf(text))),
  fold: folded
}

const holdoutFlag = optional((text): Read<SeededHoldout> => {
  const [, kind = '', rest = ''] = /^(\w+)(?::(.*))?$/s.exec(text.trim()) ?? []
  const holdout = kinds[kind]?.(rest) ?? null
  return holdout === null
    ? refused(
        '--holdout',
        'stratified:FRACTION, group:COLUMN, group:/REGEX/, file:NAME, column:COLUMN or fold:1/5',
        text,
        'stratified:0.2'
      )
    : E.right(holdout)
})

export const readDivisionFlags = (flags: DivisionFlags) => ({
  validPct: inRange('--valid-pct', [0, 1], '0.2')(flags.validPct),
  holdout: holdoutFlag(flags.holdout)
})

/** The values of the flags, and that of `--seed`. */
export interface DivisionValues {
  readonly validPct: number | undefined
  readonly holdout: SeededHoldout | undefined
  readonly seed: number | undefined
}

const heldOut = (source: Source, holdout: Holdout, flag: string): E.Either<GraftError, Source> => {
  const { what, withHoldout } = kindOfSource(source)
  return withHoldout === null
    ? E.left(settingError(flag, 'data without a holdout', `${what}, which has one`, 'leave it out'))
    : E.right(withHoldout(holdout)(source))
}

/** A source divided as the flags say. */
export const dividedBy =
  ({ validPct, holdout, seed = 42 }: DivisionValues) =>
  (source: Source): E.Either<GraftError, Source> => {
    if (holdout !== undefined) return heldOut(source, holdout(seed), '--holdout')
    return validPct === undefined ? E.right(source) : heldOut(source, holdoutByPct(validPct, seed), '--valid-pct')
  }
