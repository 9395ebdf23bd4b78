/** Builds the whole network of a head that contains its body, from its options, the body, the image and the task. */
import { outputsOf, type Task } from '../data/index.js'
import type { Head, Layer, Shape } from '../model/index.js'
import { named, sequential, showShape } from '../model/index.js'
import { showValue } from '../Value.js'
import { infer } from './inference.js'
import { headError, type PlanError, taskError } from './PlanError.js'
import { unetNetwork } from './unet.js'

type WholeHead = Extract<Head, { readonly _tag: 'UnetHead' | 'WholeHead' }>

const rangeErrors = (range: readonly [number, number] | null): ReadonlyArray<PlanError> =>
  range === null || (range.every(Number.isFinite) && range[0] < range[1])
    ? []
    : [headError('head.yRange', 'two finite numbers, the lower first', showValue(range), 'pass [low, high]')]

const taskErrors = (task: Task | undefined): ReadonlyArray<PlanError> =>
  task === undefined
    ? [taskError('head', 'a task, which gives its number of outputs', 'none', 'plan with { input, task }')]
    : task._tag !== 'Classification' && task._tag !== 'MultiLabel'
      ? []
      : [
          headError(
            'head',
            `a head with one row of outputs per image, for ${task._tag.toLowerCase()}`,
            'a U-Net, whose output is an image',
            'use head(), or a segmentation task'
          )
        ]

/** The whole network; if there are mistakes, also one to continue checking with. */
export const elaborateWhole = (
  head: WholeHead,
  body: Layer,
  image: Shape,
  task: Task | undefined
): { readonly network: Layer; readonly errors: ReadonlyArray<PlanError> } => {
  if (head._tag === 'WholeHead') return { network: body, errors: [] }
  const { output, errors: inBody } = infer(body, image, 'body')
  const bodyErrors =
    output.length === 3 || inBody.length > 0
      ? []
      : [
          headError(
            'head',
            'a body whose output is a feature map, for a U-Net',
            showShape(output),
            output.length === 2
              ? 'take an encoder that reduces its feature map in stages, such as convnext_tiny, regnet_y_400mf or swin_t'
              : 'cut before the flatten layer'
          )
        ]
  const errors = [...taskErrors(task), ...rangeErrors(head.yRange), ...bodyErrors]
  const yRange = errors.some((e) => e.path === 'head.yRange') ? null : head.yRange
  const outputs = task === undefined ? 1 : outputsOf(task)
  // nothing can be built on a body with mistakes, which are reported for the body itself
  const network =
    bodyErrors.length + inBody.length > 0 ? atBody(body) : unetNetwork(body, image, outputs, { ...head, yRange })
  return { network, errors }
}

const atBody = (body: Layer): Layer => sequential(named('body', body))
