/** The annotated images of a JSON file, which may be longer than a text can be: it is read in parts. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { dataError, type AnnotationReader, type Annotations, type DataError } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'
import { jsonElements } from './jsonElements.js'

/** Bytes to read at once. */
const part = 2 ** 20

/** Reads a file; errors name it as `at`. Errors: `BadTable` for what is not JSON, and those of the reader. */
export const annotatedImages =
  (path: string, at: string, reader: AnnotationReader) =>
  ({ files }: HasFiles): TE.TaskEither<DataError | IoError, Annotations> =>
  async () => {
    let failed: DataError | undefined
    const notJson = (found: string): DataError => dataError.badTable(at, 'JSON', found, 'export the annotations again')
    const { feed, end } = jsonElements({
      begin: reader.begin,
      element: (list, text) => {
        const added = pipe(
          E.tryCatch(
            (): unknown => JSON.parse(text),
            (cause) => notJson(String(cause))
          ),
          E.chain((element) => reader.add(list, element))
        )
        if (E.isLeft(added)) failed = added.left
        return E.isRight(added)
      }
    })
    for (let from = 0; ;) {
      const bytes = await files.readRange(path, from, part)()
      if (E.isLeft(bytes)) return bytes
      if (bytes.right.length === 0 || !feed(bytes.right)) break
      from += bytes.right.length
    }
    if (failed !== undefined) return E.left(failed)
    const mistake = end()
    return mistake === undefined ? reader.end() : E.left(notJson(mistake))
  }
