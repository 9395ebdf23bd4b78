/** `--holdout`: which images to validate on. */
import * as E from 'fp-ts/lib/Either.js'
import { Option } from 'commander'
import {
  type Grouping,
  type Holdout,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByGroup,
  holdoutStratified
} from '../data/index.js'
import { optional, refused, type Read } from './flags.js'

/** A holdout without its seed, for which `--seed` is used. */
export type SeededHoldout = (seed: number) => Holdout

export const holdoutOption = (): Option =>
  new Option(
    '--holdout <how>',
    'validate on: stratified:0.2, group:COLUMN, group:/REGEX/, file:valid.txt, column:COLUMN, or fold:1/5 (a fraction can follow a group: group:patient:0.1)'
  ).conflicts(['validPct', 'validCol'])

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

export const holdoutFlag = optional((text): Read<SeededHoldout> => {
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
