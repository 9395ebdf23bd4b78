/** Features in a Parquet file, in row groups of some megabytes. */
import { join } from 'node:path'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { version } from '../../version.js'
import type { Files } from '../Files.js'
import { ioFailure, type IoError, messageOf } from '../IoError.js'
import type { EmbeddedImage, EmbeddingsFormat } from './EmbeddingsFormat.js'
import { growingFile } from './growingFile.js'

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'REQUIRED'
})

const schema: ReadonlyArray<SchemaElement> = [
  { name: 'schema', num_children: 4 },
  text('path'),
  text('label'),
  text('set'),
  { name: 'features', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' }
]

/** Numbers in a row group. */
const groupSize = 2 ** 21

export const parquetFile = (files: Files, folder: string): EmbeddingsFormat => {
  const file = growingFile(files, join(folder, 'features.parquet'))
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({ writer: bytes, schema: [...schema], createdBy: `graft ${version}` })
  let features: Array<ReadonlyArray<number>> = []
  let images: Array<EmbeddedImage> = []
  /** Encodes with the library, and appends what it wrote. */
  const written = (encode: () => void): TE.TaskEither<IoError, void> =>
    pipe(
      TE.tryCatch(
        () => {
          encode()
          const chunk = bytes.getBytes().slice()
          bytes.index = 0
          return Promise.resolve(chunk)
        },
        (cause) => ioFailure('features.parquet', 'rows that can be written', messageOf(cause), 'report this')
      ),
      TE.chain((chunk) => file.append([chunk]))
    )
  const group = written(() => {
    if (features.length === 0) return
    const columns = (['path', 'label', 'set'] as const).map((name) => ({
      name,
      data: images.map((image) => image[name])
    }))
    void writer.write({
      columnData: [...columns, { name: 'features', data: features, codec: 'UNCOMPRESSED', statistics: false }],
      rowGroupSize: features.length
    })
    features = []
    images = []
  })
  return {
    add: (rows, added) =>
      pipe(
        TE.fromIO<boolean, IoError>(() => {
          for (const row of rows) features.push([...row])
          images.push(...added)
          return features.length * (features[0]?.length ?? 0) >= groupSize
        }),
        TE.chain((full) => (full ? group : TE.right(undefined)))
      ),
    complete: pipe(
      group,
      TE.chain(() =>
        written(() => {
          void writer.finish()
        })
      ),
      TE.map(() => file.path)
    )
  }
}
