/** `graft check`: what is wrong with data, or unusual, before a training. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataCheck, type DataSpec, ordered, showDataCheck } from '../../data/index.js'
import { encodeDataCheck } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import { checkData, nodeFiles, nodeIo, openData, pageAssets } from '../../io/index.js'
import { checkFeatures, mistakesIn, preparedFor, settingError, withNodeEnv } from '../../learn/index.js'
import { given, readFlags, whole } from '../flags/flags.js'
import { adjusted, readTrainFlags, type TrainFlags, type TrainValues } from '../flags/TrainFlags.js'
import { namedData } from '../named/named.js'
import { namedEmbedder } from '../named/namedEmbedder.js'
import { exitCodes } from '../output/exit.js'
import { findingsPage, fixList } from '../output/findings.js'
import { hintInFlags } from '../output/inFlags.js'
import type { Watcher } from '../output/progress.js'
import type { Terminal } from '../output/Terminal.js'
import { shownBy } from '../training/trainRun.js'

export interface CheckFlags extends TrainFlags {
  readonly files?: string
  readonly html?: string
  readonly fixList?: string
  readonly strict?: boolean
  readonly suspects?: boolean
  readonly embeddings?: string
}

const readCheckFlags = (flags: CheckFlags) => readFlags({ files: whole('--files', 0, '3')(flags.files) })

const checked = (spec: DataSpec, n: TrainValues, { progress }: Watcher): TE.TaskEither<GraftError, DataCheck> => {
  const env = nodeIo(given({ workers: n.workers, progress }))
  return pipe(
    checkData(spec)(env),
    TE.mapLeft((error): GraftError => error),
    TE.chainFirstTaskK(() => () => env.workers.close())
  )
}

/** What the features of a network say, if flags ask for it, added to a check. */
const withFeatures = (
  flags: CheckFlags,
  n: TrainValues,
  spec: DataSpec,
  check: DataCheck,
  { note, progress, onEvent }: Watcher
): TE.TaskEither<GraftError, DataCheck> => {
  if (flags.suspects !== true && flags.embeddings === undefined) {
    return flags.weights === undefined
      ? TE.right(check)
      : TE.left(settingError('--weights', '--weights beside --suspects or --embeddings', 'neither', 'add one of them'))
  }
  if (check.task === null) {
    note('labels and similar images were not checked, because the data cannot be trained on')
    return TE.right(check)
  }
  const { engine, threads, workers, seed } = n
  return withNodeEnv({ ...given({ engine, threads, workers }), onEvent, progress })(
    pipe(
      namedEmbedder(flags.embeddings ?? 'resnet18', flags.weights, '--embeddings'),
      RTE.bindTo('p'),
      RTE.bindW('data', ({ p }) => openData(pipe(spec, preparedFor(p)))),
      RTE.chainW(({ p, data }) =>
        checkFeatures(data, {
          ...given({ seed }),
          suspects: flags.suspects === true,
          similar: flags.embeddings !== undefined,
          known: check.findings
        })(p)
      ),
      RTE.map((found) => ({ ...check, findings: ordered([...check.findings, ...found]) }))
    )
  )
}

/** Writes what flags ask for. */
const written = ({ html, fixList: list }: CheckFlags, check: DataCheck): TE.TaskEither<GraftError, void> =>
  pipe(
    list === undefined ? TE.right(undefined) : nodeFiles.write(list, fixList(check)),
    TE.chain(() =>
      html === undefined
        ? TE.right(undefined)
        : pipe(
            pageAssets({ files: nodeFiles }),
            TE.chain((assets) => nodeFiles.write(html, findingsPage(assets, check)))
          )
    ),
    TE.mapLeft((error): GraftError => error)
  )

const shown = (flags: CheckFlags, files: number | undefined, check: DataCheck): TE.TaskEither<GraftError, string> =>
  flags.json === true
    ? TE.fromEither(
        pipe(
          encodeDataCheck(check),
          E.bimap(
            (errors): GraftError => mistakesIn('the check', errors),
            (json) => JSON.stringify(json)
          )
        )
      )
    : TE.right(showDataCheck({ ...given({ files }), hint: hintInFlags })(check))

/** `graft check DATA`: the exit code. */
export const checkCommand =
  (data: string, flags: CheckFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const show = shownBy(flags, terminal)
    return pipe(
      TE.Do,
      TE.bind('n', () => TE.fromEither(readTrainFlags(flags))),
      TE.bind('own', () => TE.fromEither(readCheckFlags(flags))),
      TE.bind('spec', ({ n }) => pipe(namedData(data), TE.chainEitherK(adjusted(flags, n)))),
      TE.bind('files', ({ n, spec }) => checked(spec, n, show)),
      TE.bind('check', ({ n, spec, files }) => withFeatures(flags, n, spec, files, show)),
      TE.chainFirst(({ check }) => written(flags, check)),
      TE.bind('text', ({ own, check }) => shown(flags, own.files, check)),
      TE.map(({ text, check }) => {
        terminal.result(text)
        if (flags.fixList !== undefined) show.note(`wrote ${flags.fixList}`)
        if (flags.html !== undefined) show.note(`wrote ${flags.html}`)
        const isWrong = check.findings.some(({ severity }) => severity === 'error')
        return flags.strict === true && isWrong ? exitCodes.findings : exitCodes.done
      })
    )
  }
