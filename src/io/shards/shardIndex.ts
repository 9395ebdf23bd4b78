/** The images of a file that holds many, by its format. */
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { HasCache } from '../../Cache.js'
import type { DataError, ImageIndex, Shard } from '../../data/index.js'
import type { HasFiles } from '../Files.js'
import type { IoError } from '../IoError.js'
import { parquetIndex, parquetRows } from './parquet.js'
import { idxIndex, npzIndex } from './samples.js'
import { tarIndex } from './tar.js'

/** Lists the images of a file and reads their labels, but no image. */
export const shardIndex =
  (path: string, { format, imageCol }: Shard) =>
  (env: HasFiles & HasCache): TE.TaskEither<DataError | IoError, ImageIndex> => {
    switch (format) {
      case 'rows':
        return parquetRows(path)(env)
      case 'parquet':
        return parquetIndex(path, imageCol)(env)
      case 'tar':
        return tarIndex(path)(env)
      case 'npz':
        return npzIndex(path)(env)
      case 'idx':
        return idxIndex(path)(env)
    }
  }
