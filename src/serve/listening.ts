/** `listen`, which loads the HTTP server only when it is called. */
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GraftError } from '../GraftError.js'
import type { Listening, ListenOptions } from './listen.js'
import type { ServeHandler } from './serveHandler.js'

export type { Listening, ListenOptions } from './listen.js'

export const listen =
  (handler: Pick<ServeHandler, 'fetch' | 'close'>, options: ListenOptions): TE.TaskEither<GraftError, Listening> =>
  async () =>
    (await import('./listen.js')).listen(handler, options)()
