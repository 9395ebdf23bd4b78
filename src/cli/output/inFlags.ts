/**
 * Translates hints for users of the command: the library's errors name functions, for which the command has flags and
 * JSON keys.
 */
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { GraftError, Mistake } from '../../GraftError.js'

const statistics: Readonly<Record<string, string>> = {
  imagenetStats: 'imagenet',
  cifarStats: 'cifar',
  mnistStats: 'mnist'
}

/** `{ n: 2000, valid: 400 }` or `path, { classes }`: the keys, with their values if given. */
const entriesOf = (args: string): ReadonlyArray<string> =>
  ((/\{(.*)\}/s.exec(args)?.[1] ?? '').match(/('[^']*'|[^,'])+/g) ?? []).flatMap((entry) =>
    entry.trim() === '' ? [] : [entry.trim()]
  )

/** Options of a data source that are also flags, and a placeholder for a value that is not given. */
const flagOfKey: Readonly<Record<string, readonly [flag: string, value: string]>> = {
  labelDelim: ['--label-delim', 'TEXT'],
  train: ['--train', 'FOLDER'],
  valid: ['--valid', 'FOLDER'],
  test: ['--test', 'FOLDER'],
  classFrom: ['--class-from', 'top'],
  classes: ['--classes', 'A,B'],
  delimiter: ['--delimiter', 'CHAR'],
  encoding: ['--encoding', 'NAME'],
  fnCol: ['--fn-col', 'COLUMN'],
  labelCol: ['--label-col', 'COLUMN'],
  validCol: ['--valid-col', 'COLUMN'],
  weightCol: ['--weight-col', 'COLUMN'],
  labels: ['--labels', 'KIND'],
  swap: ['--swap', 'A:B'],
  folder: ['--folder', 'FOLDER'],
  suffix: ['--suffix', 'TEXT'],
  images: ['--images', 'FOLDER'],
  masks: ['--masks', 'FOLDER'],
  codes: ['--codes', 'FILE']
}

/** Quotes a value that a shell would interpret. */
const inShell = (value: string): string => (/^[\w./:@%+=,-]+$/.test(value) ? value : `'${value}'`)

/** `key: 'value'` as a flag; undefined if there is none. */
const flagOf = (entry: string): string | undefined => {
  const [key = '', ...rest] = entry.split(':')
  if (key.trim() === 'header') return rest.join('').trim() === 'true' ? '--header' : '--no-header'
  const known = flagOfKey[key.trim()]
  if (known === undefined) return undefined
  const value = rest
    .join(':')
    .trim()
    .replace(/^\w+\((.*)\)$/s, '$1')
    .replaceAll(/^['"]|['"]$/g, '')
  if (key.trim() === 'labels' && value === 'points') return '--points'
  return `${known[0]} ${value === '' ? known[1] : inShell(value)}`
}

/** `{ values: { 0: 'cell' } }`: an option that is a map. */
const mapEntry = /\{ (values|colours): (\{.*\}) \}$/s

/** A map as JSON, with names in double quotes. */
const mapAsJson = (map: string): string =>
  map.replaceAll(/'([^']*)'/g, (_, name: string) => JSON.stringify(name)).replaceAll(/([{,] )([\w.-]+):/g, '$1"$2":')

/** A table given as DATA. */
const tableAsData = /^'(.*)', \{ csv: '(.*)' \}$/s

const inDescription = (source: string, args: string): string => {
  const map = mapEntry.exec(args)
  if (map !== null) return `"${map[1]!}": ${mapAsJson(map[2]!)} of ${source} in a data description (JSON)`
  const [, folder, csv] = tableAsData.exec(args) ?? []
  if (source === 'imageCsv' && csv !== undefined) return `${folder!}/${csv} as DATA`
  const entries = entriesOf(args)
  const flags = entries.flatMap((entry) => flagOf(entry) ?? [])
  if (entries.length === 0) return source === 'imageCsv' ? 'FILE.csv as DATA' : 'a folder as DATA'
  if (flags.length === entries.length) return flags.join(' ')
  const keys = entries.map((entry) => JSON.stringify(entry.replace(/:.*/s, '')))
  return `${keys.join(' and ')} of ${source} in a data description (JSON)`
}

/** Calls of the library, and their equivalents on the command line. */
const typed: Readonly<Record<string, (args: string) => string>> = {
  withSize: (args) => `--size ${args}`,
  withResize: (args) => `--resize ${args.replaceAll(/['"]/g, '')}`,
  withBatchSize: (args) => `--bs ${args}`,
  withValidBatchSize: (args) => `--valid-bs ${args}`,
  withOrientation: (args) => `--orientation ${args.replaceAll(/['"]/g, '')}`,
  withColour: (args) => `--colour ${args.replaceAll(/['"]/g, '')}`,
  withRange: (args) => `--range ${args.replaceAll(/[[\] ]/g, '')}`,
  withExact: () => '--exact',
  withExclude: () => '--exclude FILE',
  withCacheBytes: (args) => `"cacheBytes": ${args} in a data description (JSON)`,
  withTransforms: () => '--augment fastai',
  holdoutByPct: (args) => `--valid-pct ${args.split(',')[0]!}`,
  holdoutStratified: (args) => `--holdout stratified:${args.split(',')[0]!}`,
  holdoutByFile: (args) => `--holdout file:${args.replaceAll("'", '')}`,
  holdoutByGroup: () => '--holdout group:/REGEX/',
  holdoutByFold: () => '--holdout fold:1/5',
  kFold: () => '--holdout fold:1/5',
  balancedSampling: () => '--sample balanced',
  focal: () => '--loss focal',
  sigmoidFocal: () => '--loss sigmoidFocal',
  huber: () => '--loss huber',
  fromNameRe: (args) =>
    /^path, pattern, \{/.test(args)
      ? inDescription('fromNameRe', args)
      : `--label-re ${/'.*'$/.exec(args)?.[0] ?? 'PATTERN'}`,
  normalise: (args) => `--normalise ${statistics[args] ?? 'imagenet'}`,
  slice: (args) => args.replaceAll(' ', ''),
  withDropLast: (args) => `"dropLast": ${args} in a data description (JSON)`,
  withWeights: (args) => `--weights ${/^'.*'$/.test(args) ? args.slice(1, -1) : 'FILE'}`,
  crossEntropy: () => '--loss crossEntropy',
  labelSmoothing: () => '--loss labelSmoothing',
  batchNormUnderFreeze: (args) => `--batch-norm ${args.replaceAll(/['"]/g, '')}`,
  freezeTo: (args) => `--freeze-to ${args}`,
  cutAt: (args) => `"cut": ${args.replaceAll("'", '"')}`,
  splitOn: (args) => `"split": ${args} in the model as JSON (--model FILE)`,
  unet: () => '"head": { "unet": {} } in the model as JSON (--model FILE)',
  head: () => '"head": {} in the model as JSON (--model FILE)',
  summary: () => 'graft summary',
  digits: (args) => inDescription('digits', args),
  imageFolder: (args) => inDescription('imageFolder', args),
  imageCsv: (args) => inDescription('imageCsv', args),
  imageMasks: (args) => inDescription('imageMasks', args),
  imageImages: (args) => inDescription('imageImages', args),
  fromMetadata: (args) => inDescription('fromMetadata', args),
  fromCoco: (args) => inDescription('fromCoco', args),
  fromLabelStudio: (args) => inDescription('fromLabelStudio', args),
  fromShards: (args) => inDescription('fromShards', args),
  fromNameFunc: () => 'fromNameFunc in a program',
  pointsFrom: () => '--points',
  pointsFromFunc: () => 'pointsFromFunc in a program',
  fromRows: (args) =>
    args.startsWith('[') ? '"rows" of fromRows in a data description (JSON)' : inDescription('fromRows', args)
}

/** A name and its arguments, which may contain one pair of brackets. */
const call = /\b([a-z]\w*)\(((?:[^()]|\([^()]*\))*)\)/gi

/** Where a default cut is not possible. */
const whereToCut = /^say where to cut: (.*), cutBy\(label, f\) or uncut$/
const cutsOfModels = 'say where to cut, in the architecture or in the model as JSON (--model FILE): $1 or "cut": "none"'

/** A flag that a hint names twice, for programs and for the command. */
const twice = /(--[\w-]+ [A-Z]+); \1/g

/** A hint with flags instead of calls. */
export const hintInFlags = (hint: string): string =>
  hint
    .replace(whereToCut, cutsOfModels)
    .replaceAll(call, (whole, name: string, args: string) => typed[name]?.(args.trim()) ?? whole)
    .replaceAll(twice, '$1')

const mistakeInFlags = (mistake: Mistake): Mistake => ({ ...mistake, hint: hintInFlags(mistake.hint) })

/** An error whose hints name flags. */
export const inFlags = (error: GraftError): GraftError =>
  error._tag === 'Mistakes' ? { ...error, errors: RNEA.map(mistakeInFlags)(error.errors) } : mistakeInFlags(error)
