/** Reads all files of some data once, in threads, and keeps what a check needs of each. */
import type { ReaderTask } from 'fp-ts/lib/ReaderTask.js'
import { type CheckedFile, type Survey, surveyOf, type PlaceOf } from '../../data/index.js'
import type { Pictures } from '../opened/pictures.js'
import type { HasFiles } from '../Files.js'
import type { HasImages } from '../Images.js'
import type { HasProgress } from '../Progress.js'
import { parallel } from '../workers/parallel.js'
import type { HasWorkers } from '../workers/Workers.js'

type Env = HasFiles & HasImages & HasProgress & HasWorkers

/** Files in a request to a thread: a request for each small image would take longer than the image. */
const chunk = 32

/** Requests at once for each thread, which decodes some images while it reads others. */
const atOnce = 4

/** Reports of progress are so many files apart. */
const step = 512

/** Reads all files; `placeOf`: where images are that are not files of their own. */
export const surveyFiles =
  (from: Pictures, files: ReadonlyArray<CheckedFile>, placeOf: PlaceOf | undefined): ReaderTask<Env, Survey> =>
  (env) =>
  async () => {
    const { survey, add } = surveyOf(files, (file) => placeOf === undefined || placeOf(file)._tag === 'File')
    let [done, told] = [0, 0]
    const tell = (): void => {
      told = done
      env.progress({ stage: 'check', what: from.root, done, total: files.length })()
    }
    const readFrom = (start: number) => async (): Promise<void> => {
      const part = files.slice(start, start + chunk)
      const facts = await from.facts(part.map(({ file }) => file))(env)()
      facts.forEach((its, k) => add(start + k, its))
      done += part.length
      if (done - told >= step || done === files.length) tell()
    }
    const starts = Array.from({ length: Math.ceil(files.length / chunk) }, (_, i) => i * chunk)
    await parallel(atOnce * Math.max(1, env.workers.count), readFrom)(starts)()
    return survey
  }
