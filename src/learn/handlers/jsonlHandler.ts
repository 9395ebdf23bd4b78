/**
 * `jsonlHandler`: the events of a training as lines of JSON.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { type HasClock, type HasFiles, nodeClock, nodeFiles } from '../../io/index.js'
import type { Event } from '../../recipe/index.js'
import type { Callback } from '../learner/Learner.js'
import { growingFile } from './growingFile.js'
import { epochOfRun, placeAt, type RunPlace } from './runPlace.js'

const isOfBatch = ({ _tag }: Event): boolean => _tag === 'BatchBegin' || _tag === 'BatchEnd'

const encoder = new TextEncoder()

/**
 * A callback that appends every event to a file, one JSON object a line: `time` (seconds since 1970), the event, and
 * within a training step its `phase` and `epochOfRun`. Numbers that are not finite are strings. Events of batches are
 * left out unless `batches` is set (default false). Lines are written at the end of each epoch and step. If the file
 * cannot be written, training ends with the `IoError`.
 *
 * @example
 * import { digits, Recipe, squeezenet1_1, withBatchSize } from 'graft-vision'
 * import { cnnLearner, jsonlHandler, openData, train, withNodeEnv } from 'graft-vision/node'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { readFileSync } from 'node:fs'
 *
 * const program = pipe(
 *   openData(withBatchSize(4)(digits({ n: 8, valid: 4 }))),
 *   RTE.chainW((data) =>
 *     cnnLearner(data, squeezenet1_1, { pretrained: false, callbacks: [jsonlHandler('logs/events.jsonl')] })
 *   ),
 *   RTE.chainW(train(Recipe.fit(1, 1e-3)))
 * )
 * assert.ok(E.isRight(await withNodeEnv()(program)()))
 * const events = readFileSync('logs/events.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line)._tag)
 * assert.deepStrictEqual(events, ['StepBegin', 'TrainBegin', 'EpochBegin', 'EpochEnd', 'TrainEnd', 'StepEnd'])
 *
 * @category training
 * @since 0.1.0
 */
export const jsonlHandler = (
  file: string,
  options: { readonly batches?: boolean } = {},
  env: HasFiles & HasClock = { files: nodeFiles, clock: nodeClock }
): Callback => {
  let place: RunPlace | undefined
  const log = growingFile(env, file)
  const json = (event: Event): string => {
    const within = place === undefined || !('epoch' in event) ? {} : { epochOfRun: epochOfRun(place, event) }
    const line = { time: env.clock.now() / 1000, ...event, ...(place && { phase: place.phase }), ...within }
    return JSON.stringify(line, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
    )
  }
  return (event, now) => async () => {
    if (event._tag === 'TrainBegin') {
      const at = placeAt(event, now)
      if (E.isLeft(at)) return at
      place = at.right
    }
    if (event._tag === 'StepBegin') place = undefined
    if (isOfBatch(event) && options.batches !== true) return E.right('continue')
    log.add(encoder.encode(`${json(event)}\n`))
    const written = isOfBatch(event) || event._tag === 'EpochBegin' ? E.right(undefined) : await log.flush()
    return E.map(() => 'continue' as const)(written)
  }
}
