/** The types of what is planned: plain JavaScript can pass what no compiler has checked. */
import { isArch } from '../model/index.js'
import { headError, type PlanError, shapeError, sortOf, taskError } from './PlanError.js'

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

const isNumbers = (u: unknown): boolean => Array.isArray(u) && u.every((n) => typeof n === 'number')
const isTexts = (u: unknown): boolean => Array.isArray(u) && u.every((one) => typeof one === 'string')

const shown = (u: unknown): string => (typeof u === 'string' ? JSON.stringify(u) : sortOf(u))

const modelShapes = (u: unknown): ReadonlyArray<PlanError> => {
  if (isArch(u)) return []
  if (!isRecord(u) || u['_tag'] !== 'Model')
    return [
      shapeError(
        'model',
        'a model or an architecture',
        shown(u),
        'pass e.g. resnet18, or pipe(resnet18, cut, withHead(head()))'
      )
    ]
  const { body, head } = u
  if (!isRecord(body) || !isArch(body['arch']))
    return [
      shapeError(
        'model.body',
        'an architecture made by arch',
        shown(isRecord(body) ? body['arch'] : body),
        'pass e.g. cut(resnet18)'
      )
    ]
  if (!isRecord(head) || typeof head['_tag'] !== 'string')
    return [headError('head', 'a head', shown(head), 'call its function, as in withHead(head({ linFtrs: [512] }))')]
  if (head['_tag'] !== 'LinearHead') return []
  return [
    ...(isNumbers(head['linFtrs'])
      ? []
      : [headError('head.linFtrs', 'a list of widths', shown(head['linFtrs']), 'write e.g. linFtrs: [512]')]),
    ...(typeof head['ps'] === 'number' || isNumbers(head['ps'])
      ? []
      : [headError('head.ps', 'a number, or a list of numbers', shown(head['ps']), 'write e.g. ps: 0.5')])
  ]
}

const taskShapes = (u: unknown): ReadonlyArray<PlanError> => {
  if (u === undefined || u === null) return []
  if (!isRecord(u) || typeof u['_tag'] !== 'string')
    return [taskError('task', 'a task', shown(u), "pass e.g. classification(['cat', 'dog'])")]
  const names = u['classes'] ?? u['codes']
  return names === undefined || isTexts(names)
    ? u['_tag'] === 'Classification' && names === undefined
      ? [taskError('task.classes', 'a list of names', 'undefined', "pass e.g. classification(['cat', 'dog'])")]
      : []
    : [taskError('task.classes', 'a list of names', shown(names), "pass e.g. classification(['cat', 'dog'])")]
}

/** Every part of another type. */
export const planShapes = (how: unknown, model: unknown): ReadonlyArray<PlanError> => {
  const { input, task } = isRecord(how) ? how : { input: how, task: undefined }
  return [
    ...(isNumbers(input)
      ? []
      : [
          shapeError(
            'input',
            '[channels, height, width] of the images',
            shown(input),
            'pass e.g. { input: [3, 224, 224] }'
          )
        ]),
    ...taskShapes(task),
    ...modelShapes(model)
  ]
}
