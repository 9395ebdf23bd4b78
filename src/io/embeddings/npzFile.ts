/** Features in NumPy's `.npz`: a ZIP archive of uncompressed arrays. */
import { join } from 'node:path'
import { Zip, ZipPassThrough } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Files } from '../Files.js'
import { ioFailure, type IoError } from '../IoError.js'
import { type EmbeddedImage, type EmbeddingsFormat, joined } from './EmbeddingsFormat.js'
import { growingFile } from './growingFile.js'
import { npyStart, npyTexts } from './npyArray.js'

/** An archive without the fields of ZIP64 ends before this. */
const limit = 2 ** 32 - 2 ** 20

/** Bytes of features that are read at once. */
const part = 2 ** 24

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** An archive of entries that are not compressed, in parts. */
async function* archiveOf(entries: ReadonlyArray<readonly [name: string, chunks: Chunks]>): AsyncGenerator<Uint8Array> {
  let ready: Array<Uint8Array> = []
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error
    ready.push(chunk)
  })
  const taken = (): ReadonlyArray<Uint8Array> => {
    const chunks = ready
    ready = []
    return chunks
  }
  for (const [name, chunks] of entries) {
    const entry = new ZipPassThrough(name)
    zip.add(entry)
    for await (const chunk of chunks) {
      entry.push(chunk)
      yield* taken()
    }
    entry.push(new Uint8Array(0), true)
  }
  zip.end()
  yield* taken()
}

/** A file that cannot be read ends the archive; `onError` keeps the reason, which the stream would lose. */
async function* contentOf(
  files: Files,
  path: string,
  size: number,
  onError: (error: IoError) => void
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += part) {
    const read = await files.readRange(path, at, Math.min(part, size - at))()
    if (E.isLeft(read)) {
      onError(read.left)
      return
    }
    yield read.right
  }
}

async function* joinedChunks(...parts: ReadonlyArray<Chunks>): AsyncGenerator<Uint8Array> {
  for (const chunks of parts) yield* chunks
}

export const npzFile = (files: Files, folder: string): EmbeddingsFormat => {
  const numbers = growingFile(files, join(folder, 'features.f32'))
  const whole = join(folder, 'features.npz')
  const images: Array<EmbeddedImage> = []
  return {
    add: (features, added) =>
      pipe(
        TE.fromIO<Float32Array, IoError>(() => joined(features)),
        TE.chain(({ buffer }) => numbers.append([new Uint8Array(buffer)])),
        TE.map(() => {
          images.push(...added)
        })
      ),
    complete: async () => {
      const size = numbers.size()
      if (size > limit)
        return E.left(
          ioFailure(
            'features.npz',
            'at most 4 GiB of features in a .npz file',
            `${(size / 2 ** 30).toFixed(1)} GiB`,
            'name a .parquet file'
          )
        )
      let failed: IoError | null = null
      const start = npyStart('<f4', [images.length, images.length === 0 ? 0 : size / 4 / images.length])
      const features = contentOf(files, numbers.path, size, (error) => {
        failed = error
      })
      const texts = (of: (image: EmbeddedImage) => string): Chunks => npyTexts(images.map(of))
      const archive = archiveOf([
        ['features.npy', joinedChunks([start], features)],
        ['labels.npy', texts(({ label }) => label)],
        ['paths.npy', texts(({ path }) => path)],
        ['sets.npy', texts(({ set }) => set)]
      ])
      const written = await files.append(whole, 0, archive)()
      return failed === null ? E.map(() => whole)(written) : E.left(failed)
    }
  }
}
