/**
 * Results of checks of data as JSON.
 *
 * @since 0.1.0
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Json } from 'fp-ts/lib/Json.js'
import { type DataCheck, type FindingCode, findingCodes } from '../../data/index.js'
import { codec } from '../grammar/Codec.js'
import type { FormatErrors } from '../FormatError.js'
import { makeSchema, type TypeOf } from '../grammar/Grammar.js'
import { taskFrom, taskSchema, taskTo } from './Task.js'

const [firstCode, secondCode, ...otherCodes] = findingCodes as readonly [
  FindingCode,
  FindingCode,
  ...Array<FindingCode>
]

/**
 * The schema of results of checks.
 *
 * @example
 * import { Format } from 'graft-vision'
 *
 * const check = { root: 'photos', images: { train: 2, valid: 1, test: 0 }, findings: [] }
 * assert.strictEqual(Format.decodeWith(Format.dataCheckSchema)(check)._tag, 'Right')
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const dataCheckSchema = makeSchema((g) =>
  g.object(
    {
      root: g.string,
      images: g.object({ train: g.whole(0), valid: g.whole(0), test: g.whole(0) }, {}),
      findings: g.list(
        g.object(
          {
            code: g.literal(firstCode, secondCode, ...otherCodes),
            severity: g.literal('error', 'warning', 'note'),
            found: g.string,
            meaning: g.string,
            remedy: g.string,
            groups: g.list(
              g.object(
                { files: g.list(g.string) },
                { sets: g.list(g.literal('train', 'valid', 'test')), note: g.string }
              )
            ),
            leaveOut: g.list(g.string)
          },
          {}
        )
      )
    },
    { task: taskSchema(g) }
  )
)

/**
 * A check's JSON form.
 *
 * @category JSON of values
 * @since 0.1.0
 */
export type DataCheckJson = TypeOf<typeof dataCheckSchema>

const dataCheckCodec = codec<DataCheckJson, DataCheck>({
  schema: dataCheckSchema,
  from: ({ task, ...rest }) => ({ ...rest, task: task === undefined ? null : taskFrom(task) }),
  to: ({ task, ...rest }) => ({ ...rest, ...(task === null ? {} : { task: taskTo(task) }) }),
  refusals: () => []
})

/**
 * Reads the result of a check; reports all mistakes with their JSON paths.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.ok(E.isLeft(Format.decodeDataCheck({ root: 'photos', findings: [{ code: 'leak' }] })))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const decodeDataCheck: (u: unknown) => E.Either<FormatErrors, DataCheck> = dataCheckCodec.decode

/**
 * Writes the result of a check.
 *
 * @example
 * import { Format } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const check = { root: 'photos', task: null, images: { train: 2, valid: 1, test: 0 }, findings: [] }
 * assert.deepStrictEqual(E.chain(Format.decodeDataCheck)(Format.encodeDataCheck(check)), E.right(check))
 *
 * @category JSON of values
 * @since 0.1.0
 */
export const encodeDataCheck: (check: DataCheck) => E.Either<FormatErrors, Json> = dataCheckCodec.encode
