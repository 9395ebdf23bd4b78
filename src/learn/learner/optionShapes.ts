/**
 * The types of a learner's options, checked before they are used: plain JavaScript can pass what no compiler has checked.
 */
import { kindOfView, type BatchView } from '../../data/index.js'
import { isArch } from '../../model/index.js'
import { lossRecords, optimiserRecords } from '../../recipe/index.js'
import { type LearnError, settingError } from '../LearnError.js'

type Check = (u: unknown) => boolean

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

const isTagged =
  (...tags: ReadonlyArray<string>): Check =>
  (u) =>
    isRecord(u) && tags.includes(String(u['_tag']))

const isListOf =
  (is: Check): Check =>
  (u) =>
    Array.isArray(u) && u.every(is)

const isData: Check = (u) => isRecord(u) && isRecord(u['task']) && isRecord(u['train']) && Array.isArray(u['shape'])
const isModel: Check = (u) => isTagged('Model')(u) && isRecord(u) && isRecord(u['body']) && isArch(u['body']['arch'])
const isView: Check = (u) => isRecord(u) && (kindOfView(u as unknown as BatchView) as unknown) !== undefined

const isCaching: Check = (u) => u === 'auto' || u === false || (isRecord(u) && typeof u['maxBytes'] === 'number')

const shown = (u: unknown): string =>
  typeof u === 'function'
    ? `the function ${u.name}`
    : isRecord(u)
      ? Array.isArray(u)
        ? 'a list of something else'
        : `an object with ${Object.keys(u).slice(0, 4).join(', ') || 'nothing'}`
      : (JSON.stringify(u) ?? String(u))

/** By option: what it must be, and how to get one. Options that are left out are not checked. */
const options: ReadonlyArray<readonly [name: string, is: Check, expected: string, hint: string]> = [
  [
    'loss',
    isTagged(...Object.keys(lossRecords), 'CustomLoss', 'MixUp'),
    'a loss',
    'call its function, as in loss: crossEntropy()'
  ],
  [
    'opt',
    isTagged(...Object.keys(optimiserRecords), 'CustomOptimiser'),
    'an optimiser',
    'call its function, as in opt: sgd({ momentum: 0.9 })'
  ],
  ['metrics', isListOf(isTagged('Metric')), 'a list of metrics', 'write e.g. metrics: [accuracy, fbeta()]'],
  ['batchViews', isListOf(isView), 'a list of views', 'write e.g. batchViews: [mixup()]'],
  ['cacheFeatures', isCaching, "'auto', false, or { maxBytes }", 'write e.g. cacheFeatures: { maxBytes: 2 ** 32 }'],
  ['callbacks', isListOf((u) => typeof u === 'function' || isRecord(u)), 'a list of callbacks', 'put it into a list']
]

/** Every option of another type. */
export const optionShapes = (given: unknown): ReadonlyArray<LearnError> => {
  const its = isRecord(given) ? given : {}
  return [
    ...(isData(its['data'])
      ? []
      : [settingError('data', 'opened data', shown(its['data']), 'open it: openData(imageFolder(path))')]),
    ...(isModel(its['model'])
      ? []
      : [
          settingError(
            'model',
            'a model',
            shown(its['model']),
            'make one of an architecture: pipe(resnet18, cut, withHead(head()))'
          )
        ]),
    ...options.flatMap(([name, is, expected, hint]) =>
      its[name] === undefined || is(its[name]) ? [] : [settingError(name, expected, shown(its[name]), hint)]
    )
  ]
}
