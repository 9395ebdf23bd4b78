// node tiny.mjs FOLDER: exports a tiny classifier of digits as FOLDER/net.
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { arch, digits, nn } from 'graft-vision'
import { cnnLearner, exportLearner, openData, withNodeEnv } from 'graft-vision/node'
import { right } from '../record.mjs'

const folder = process.argv[2]
const network = nn.sequential(
  nn.named('conv', nn.conv2d(3, 8, 5, { stride: 2 })),
  nn.relu,
  nn.named('pool', nn.maxPool2d(2))
)
right(
  await withNodeEnv()(
    pipe(
      openData(digits({ n: 16, valid: 4, path: join(folder, 'digits') })),
      RTE.chainW((data) => cnnLearner(data, arch({ name: 'tiny', network }), { linFtrs: [] })),
      RTE.chainFirstW(exportLearner(join(folder, 'net')))
    )
  )()
)
