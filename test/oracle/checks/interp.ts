/** interp.json: confusion, top losses, heat maps, and which models have them. */
import * as E from 'fp-ts/lib/Either.js'
import { classification, segmentation } from '../../../src/data/index.js'
import { compileGradCam, type StateDict } from '../../../src/engine/index.js'
import { gridOf, heatmapAllowed, lossTitle } from '../../../src/interpret/draw/index.js'
import {
  activate,
  confusionMatrix,
  type Interpretation,
  interpretation,
  type InterpretationOf,
  labelledLosses,
  meanConfusion,
  mostConfused,
  normalisedConfusion,
  pixelConfusion,
  predictedClasses,
  topLosses
} from '../../../src/interpret/index.js'
import {
  adaptiveAvgPool2d,
  adaptiveConcatPool2d,
  arch,
  batchNorm,
  conv2d,
  customHead,
  flatten,
  head,
  type Layer,
  linear,
  type Model,
  named,
  relu,
  sequential,
  uncut,
  withHead
} from '../../../src/model/index.js'
import { type Plan, plan } from '../../../src/plan/index.js'
import { close, type Compared, failed, type Outcome, outcome, same } from '../Comparison.js'
import { flatOf, type Nested, shapeOf, toChannelsLast } from './arrays.js'
import { engine } from './engine.js'

const right = <L, A>(made: E.Either<L, A>): A => {
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
  return made.right
}

const made = (of: InterpretationOf): Interpretation => right(interpretation(of))

// -------------------------------------------------------------------------------------
// classification
// -------------------------------------------------------------------------------------

interface TopLosses {
  readonly k: number | null
  readonly largest: boolean
  readonly values: ReadonlyArray<number>
  readonly indices: ReadonlyArray<number>
}

interface ClassificationCase {
  readonly kind: 'classification'
  readonly classes: ReadonlyArray<string>
  readonly y_true: ReadonlyArray<number>
  readonly preds: ReadonlyArray<ReadonlyArray<number>>
  readonly losses: ReadonlyArray<number>
  readonly pred_class: ReadonlyArray<number>
  readonly confusion_matrix: Nested
  readonly normalised_confusion: ReadonlyArray<ReadonlyArray<number | string>>
  readonly most_confused: Readonly<Record<string, ReadonlyArray<readonly [string, string, number]>>>
  readonly top_losses: ReadonlyArray<TopLosses>
  readonly plot_titles: ReadonlyArray<string>
  readonly plot_grid_for_k: Readonly<Record<string, { readonly cols: number; readonly rows: number }>>
}

/** The order of equal losses is not the reference's to say: within the same loss any of the recorded will do. */
const sameTop = (i: Interpretation, recorded: TopLosses): ReadonlyArray<Compared> => {
  const ours = right(topLosses(recorded.k ?? undefined, { largest: recorded.largest })(i))
  const tied = i.losses.length !== new Set(i.losses).size
  return [
    close(
      'top losses',
      ours.map(({ loss }) => loss),
      recorded.values,
      'layer'
    ),
    ...(tied
      ? []
      : [
          same(
            'their places',
            ours.map(({ index }) => index),
            recorded.indices
          )
        ])
  ]
}

const ofClasses = (c: ClassificationCase): Outcome => {
  const i = made({ task: classification(c.classes), preds: c.preds, targets: c.y_true, losses: c.losses })
  const matrix = right(confusionMatrix(i))
  const titles = right(labelledLosses(c.plot_titles.length)(i)).map(lossTitle)
  const tied = new Set(c.losses).size !== c.losses.length
  return outcome(
    same('pred_class', predictedClasses(i), c.pred_class),
    same('confusion_matrix', matrix, c.confusion_matrix),
    close('normalised_confusion', normalisedConfusion(matrix), c.normalised_confusion, 'layer'),
    ...Object.entries(c.most_confused).map(([minVal, recorded]) =>
      same(
        `most_confused(${minVal})`,
        right(mostConfused(Number(minVal))(i)).map(({ actual, predicted, count }) => [actual, predicted, count]),
        recorded
      )
    ),
    ...c.top_losses.map((recorded) => sameTop(i, recorded)),
    same('k too large', E.isLeft(topLosses(c.losses.length + 1)(i)), true),
    ...(tied ? [] : [same('plot_titles', titles, c.plot_titles)]),
    ...Object.entries(c.plot_grid_for_k).map(([k, { cols, rows }]) =>
      same(`grid of ${k}`, gridOf(Number(k)), { columns: cols, rows })
    )
  )
}

// -------------------------------------------------------------------------------------
// segmentation
// -------------------------------------------------------------------------------------

interface SegmentationCase {
  readonly kind: 'segmentation'
  readonly logits: ReadonlyArray<Nested>
  readonly y_true: ReadonlyArray<Nested>
  readonly losses_flat: ReadonlyArray<number>
  readonly image_losses_sorted: ReadonlyArray<number>
  readonly image_order: ReadonlyArray<number>
  readonly mean_confusion: Nested
  readonly per_image_confusion: ReadonlyArray<ReadonlyArray<ReadonlyArray<number | string>>>
}

const ofPixels = (c: SegmentationCase): Outcome => {
  const classes = shapeOf(c.logits)[1]!
  const i = made({
    task: segmentation(Array.from({ length: classes }, (_, k) => `class ${k}`)),
    preds: c.logits.map((image) => activate('softmax', classes)(toChannelsLast([image]))),
    targets: c.y_true.map(flatOf),
    losses: c.losses_flat
  })
  const top = right(topLosses()(i))
  return outcome(
    close(
      'image_losses_sorted',
      top.map(({ loss }) => loss),
      c.image_losses_sorted,
      'layer'
    ),
    same(
      'image_order',
      top.map(({ index }) => index),
      c.image_order
    ),
    close('per_image_confusion', right(pixelConfusion(i)), c.per_image_confusion, 'layer'),
    close('mean_confusion', meanConfusion(right(pixelConfusion(i))), c.mean_confusion, 'layer')
  )
}

// -------------------------------------------------------------------------------------
// heat maps
// -------------------------------------------------------------------------------------

interface GradCamCase {
  readonly kind: 'gradcam'
  readonly heatmap_thresh: number
  readonly body: string
  readonly state: Readonly<Record<string, Nested>>
  readonly items: ReadonlyArray<{ readonly image: Nested; readonly label: number; readonly heatmap: Nested | null }>
}

const recordedBody = (c: GradCamCase): Layer => {
  const stride = Number(/stride (\d)/.exec(c.body)![1])
  const [first, second] = ['0.0.weight', '0.3.weight'].map((path) => shapeOf(c.state[path]!))
  return sequential(
    named('0', conv2d(first![1]!, first![0]!, 3, { stride, padding: 1 })),
    named('1', batchNorm(first![0]!)),
    named('2', relu),
    named('3', conv2d(second![1]!, second![0]!, 3, { padding: 1 })),
    named('4', relu)
  )
}

const stateOf = (recorded: GradCamCase['state']): StateDict =>
  new Map(
    Object.entries(recorded).map(([path, values]) => [
      path.replace(/^0/, 'body').replace(/^1/, 'head'),
      Float32Array.from(flatOf(values))
    ])
  )

const planned = (model: Model, input: ReadonlyArray<number>, classes: number): Plan =>
  right(plan({ input, task: classification(Array.from({ length: classes }, String)) })(model))

const heatmaps = async (c: GradCamCase): Promise<Outcome> => {
  const hidden = shapeOf(c.state['1.4.weight']!)[0]!
  const classes = shapeOf(c.state['1.8.weight']!)[0]!
  const model = withHead(head({ linFtrs: [hidden] }))(uncut(arch({ name: 'recorded', network: recordedBody(c) })))
  const p = planned(model, shapeOf(c.items[0]!.image), classes)
  const cam = right(compileGradCam(await engine())(p, stateOf(c.state)))
  const compared = c.items.map(({ image, label, heatmap }, i) => {
    const { height, width, values } = right(cam.heatmaps(toChannelsLast([image]), Int32Array.of(label)))
    const shown = height * width < c.heatmap_thresh ? null : values
    return heatmap === null || shown === null
      ? same(`heatmap ${i}`, shown, heatmap)
      : close(`heatmap ${i}`, shown, flatOf(heatmap), 'layer')
  })
  cam.dispose()
  return outcome(...compared)
}

interface AllowedCase {
  readonly kind: 'heatmap_allowed'
  readonly model: string
  readonly result: boolean
}

const starts: Readonly<Record<string, Layer>> = {
  AdaptiveConcatPool2d: adaptiveConcatPool2d(1),
  AdaptiveAvgPool2d: adaptiveAvgPool2d(1)
}

/** A model of ours has a body and a head; one of other parts is a bare architecture. */
const allowed = (c: AllowedCase): Outcome => {
  const body = arch({ name: 'recorded', network: sequential(named('conv', conv2d(1, 4, 3))) })
  const [, first] = /head starting with (\w+)/.exec(c.model) ?? []
  const pool = first === undefined ? undefined : starts[first]
  const width = first === 'AdaptiveConcatPool2d' ? 8 : first === 'Flatten' ? 4 * 16 : 4
  const own = sequential(
    ...(pool === undefined ? [] : [named('0', pool)]),
    named('1', flatten),
    named('2', linear(width, 2))
  )
  const p =
    first === undefined
      ? right(plan({ input: [1, 6, 6] })(body))
      : planned(withHead(customHead(own))(uncut(body)), [1, 6, 6], 2)
  return outcome(same(c.model, heatmapAllowed(p), c.result))
}

type Case = ClassificationCase | SegmentationCase | GradCamCase | AllowedCase

export const interp = async (c: Case): Promise<Outcome> => {
  switch (c.kind) {
    case 'classification':
      return ofClasses(c)
    case 'segmentation':
      return ofPixels(c)
    case 'gradcam':
      return heatmaps(c)
    case 'heatmap_allowed':
      return allowed(c)
    default:
      return failed(`no check of ${(c as { kind: string }).kind}`)
  }
}
