/**
 * `submitted.json`: the service to which a job was submitted, and the job's id there, in the job's folder. It has no token.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { hf, ray } from '../../emit/launch/index.js'
import { jobError } from '../../emit/torch/index.js'
import { decodeWith, makeSchema, parseJson, type SchemaType } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasFiles } from '../../io/index.js'
import type { Submitted } from './services.js'

const schema = makeSchema((g) =>
  g.tagged('to')({
    ray: g.object({ id: g.string, name: g.string, address: g.string, storage: g.string }, {}),
    hf: g.object(
      { id: g.string, name: g.string, namespace: g.string, repo: g.string, dataRepo: g.string, hubUrl: g.string },
      {}
    )
  })
)

const fileIn = (folder: string): string => join(folder, 'submitted.json')

/** Tokens of services. */
export interface ServiceTokens {
  readonly ray: string | null
  readonly hf: string | null
}

/**
 * The tokens in environment variables: `RAY_AUTH_TOKEN` and `HF_TOKEN`.
 */
export const serviceTokens = (variables: Readonly<Record<string, string | undefined>>): ServiceTokens => ({
  ray: variables['RAY_AUTH_TOKEN'] || null,
  hf: variables['HF_TOKEN'] || null
})

const written = ({ launcher, id, name }: Submitted): SchemaType<typeof schema> => {
  if (launcher._tag === 'Ray') return { to: 'ray', id, name, address: launcher.address, storage: launcher.storage }
  const { namespace, repo, dataRepo, hubUrl } = launcher
  return { to: 'hf', id, name, namespace, repo, dataRepo, hubUrl }
}

/** Records a submission in a job's folder. */
export const writeSubmitted =
  (folder: string) =>
  (submitted: Submitted): ReaderTaskEither<HasFiles, GraftError, void> =>
  ({ files }) =>
    files.write(fileIn(folder), `${JSON.stringify(written(submitted), null, 2)}\n`)

/** Reads the submission recorded in a job's folder. Error: `JobError` if the job was not submitted. */
export const readSubmitted =
  (folder: string, tokens: ServiceTokens): ReaderTaskEither<HasFiles, GraftError, Submitted> =>
  ({ files }) =>
    pipe(
      files.readText(fileIn(folder)),
      TE.mapLeft((error): GraftError =>
        error._tag === 'NotFound'
          ? jobError(
              folder,
              'the folder of a submitted job',
              'no submitted.json',
              'submit the job (graft job DATA --to ray --out DIR --submit), or give its id with the service: --to ray --address URL'
            )
          : error
      ),
      TE.chainEitherK((text) =>
        pipe(
          parseJson(text),
          E.chain(decodeWith(schema)),
          E.mapLeft((errors): GraftError => ({ ...errors[0], path: `${fileIn(folder)}: ${errors[0].path}` }))
        )
      ),
      TE.map((read): Submitted => {
        if (read.to === 'ray') {
          const { to: _, id, name, ...of } = read
          return { launcher: ray({ ...of, token: tokens.ray }), id, name }
        }
        const { to: _, id, name, ...of } = read
        return { launcher: hf({ ...of, token: tokens.hf }), id, name }
      })
    )
