/** `graft show`: draws a training batch as a network would see it. */
import { dirname } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../../GraftError.js'
import { nodeFiles, nodeIo, saveFigure } from '../../io/index.js'
import { showBatch } from '../../learn/index.js'
import { viewsOf } from '../flags/augmentFlags.js'
import { exitCodes } from '../output/exit.js'
import { given, readFlags, whole } from '../flags/flags.js'
import { namedData } from '../named/named.js'
import type { Terminal } from '../output/Terminal.js'
import { openSized } from '../training/trainNew.js'
import { shownBy } from '../training/trainRun.js'
import { adjusted, readTrainFlags, type TrainFlags } from '../flags/TrainFlags.js'

export interface ShowFlags extends TrainFlags {
  readonly k?: string
  readonly epoch?: string
}

const readShowFlags = (flags: ShowFlags) =>
  readFlags({ k: whole('--k', 1, '9')(flags.k), epoch: whole('--epoch', 0, '1')(flags.epoch) })

/** The size of images of several sizes, as most architectures have it. */
const usualSize = 224

/** `graft show DATA`: the exit code. */
export const showCommand =
  (data: string, flags: ShowFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> => {
    const show = shownBy(flags, terminal)
    const file = flags.out ?? 'graft-out/batch.png'
    return pipe(
      TE.fromEither(readTrainFlags(flags)),
      TE.bindTo('n'),
      TE.bind('shown', () => TE.fromEither(readShowFlags(flags))),
      TE.bind('spec', ({ n }) => pipe(namedData(data), TE.chainEitherK(adjusted(flags, n)))),
      TE.chain(({ n, shown, spec }) => {
        const env = nodeIo(given({ workers: n.workers }))
        const drawn = pipe(
          openSized(spec, usualSize, show.note),
          RTE.chainW((opened) =>
            showBatch(given(shown))({
              data: opened,
              settings: { batchViews: viewsOf(n) ?? [], seed: n.seed ?? 42 }
            })
          ),
          RTE.chainFirstTaskEitherKW(() => nodeFiles.makeDir(dirname(file))),
          RTE.chainW(saveFigure(file))
        )
        return pipe(
          drawn(env),
          TE.chainFirstTaskK(() => () => env.workers.close())
        )
      }),
      TE.map(() => {
        terminal.result(flags.json === true ? JSON.stringify({ file }) : file)
        return exitCodes.done
      })
    )
  }
