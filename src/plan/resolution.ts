/** Combines a model's cut, head and replacements into one network. */
import * as E from 'fp-ts/lib/Either.js'
import { cut, isUnder, type Layer, type Model, named, sequential } from '../model/index.js'
import { bodyNetwork } from './cutting.js'
import { elaborate } from './elaboration.js'
import { type Flow, infer, type Inference } from './inference.js'
import type { PlanError } from './PlanError.js'
import type { PlanFor } from './PlanFor.js'
import { replaceIn } from './replacing.js'
import { elaborateWhole } from './wholeElaboration.js'

/** A model's resolved choices: the network, and the mistakes found. */
export interface Resolved {
  readonly name: string
  readonly network: Layer
  readonly body: Layer | null
  readonly inference: Inference
  /** Whether the head's output is an image. */
  readonly picture: boolean
  /** Whether a layer is user-defined, so that the architecture's weights do not contain it. */
  readonly isFresh: (flow: Flow) => boolean
  readonly errors: ReadonlyArray<PlanError>
}

type Parts = Omit<Resolved, 'name' | 'isFresh' | 'picture'>

/** A head applied to the body's output. */
const bodyThenHead = (
  model: Model,
  head: Parameters<typeof elaborate>[0],
  body: Layer,
  { input, task }: PlanFor
): Parts => {
  const inBody = infer(body, input, 'body')
  const under = { arch: model.body.arch, body, output: inBody.output }
  const { network, errors } = elaborate(head, under, task)
  const replaced = replaceIn(network, model, 'head')
  const inHead = infer(replaced.network, inBody.output, 'head')
  return {
    network: sequential(named('body', body), named('head', replaced.network)),
    body,
    inference: {
      flows: [...inBody.flows, ...inHead.flows],
      output: inHead.output,
      errors: [...inBody.errors, ...inHead.errors]
    },
    errors: [...errors, ...replaced.errors]
  }
}

/** A head that contains the body's stages. */
const bodyInHead = (
  model: Model,
  head: Parameters<typeof elaborateWhole>[0],
  body: Layer,
  { input, task }: PlanFor
): Parts => {
  const { network, errors } = elaborateWhole(head, body, input, task)
  const replaced = replaceIn(network, model, 'head', true)
  return {
    network: replaced.network,
    body,
    inference: infer(replaced.network, input, ''),
    errors: [...errors, ...replaced.errors]
  }
}

/** Body and head as one network. A `Left` means that nothing else can be checked. */
export const resolveModel = (model: Model, how: PlanFor): E.Either<ReadonlyArray<PlanError>, Resolved> => {
  const chosen = bodyNetwork(model.body)
  // if the cut is wrong, checking continues with the architecture's own cut
  const fallback = E.isRight(chosen) ? chosen : bodyNetwork(cut(model.body.arch))
  const cutErrors = E.isLeft(chosen) ? [chosen.left] : []
  if (E.isLeft(fallback)) return E.left(cutErrors)
  const body = replaceIn(fallback.right, model, 'body', model.head._tag === 'WholeHead')
  const picture = model.head._tag === 'UnetHead' || model.head._tag === 'WholeHead'
  const parts =
    model.head._tag === 'UnetHead' || model.head._tag === 'WholeHead'
      ? bodyInHead(model, model.head, body.network, how)
      : bodyThenHead(model, model.head, body.network, how)
  return E.right({
    ...parts,
    name: model.body.arch.name,
    picture,
    isFresh: ({ path, layer }) => isUnder('head')(path) || body.fresh.has(layer),
    errors: [...cutErrors, ...body.errors, ...parts.errors]
  })
}
