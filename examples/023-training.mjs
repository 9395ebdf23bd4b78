// The program that 023-training-server.ts runs in a worker thread: a function of plain values.
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { arch, digits, nn, Recipe, withBatchSize, withSize } from 'graft-vision'
import { cnnLearner, openData, trainWith } from 'graft-vision/node'

const net = arch({
  name: 'net',
  network: nn.sequential(
    nn.named('conv1', nn.conv2d(3, 32, 5, { stride: 2 })),
    nn.relu,
    nn.named('conv2', nn.conv2d(32, 64, 3)),
    nn.named('pool', nn.maxPool2d(2))
  )
})

export const train = ({ images, size, batchSize, epochs }) =>
  pipe(
    openData(pipe(digits({ n: images, valid: 32 }), withSize(size), withBatchSize(batchSize))),
    RTE.chainW((data) => cnnLearner(data, net, { linFtrs: [] })),
    RTE.chainW(trainWith(Recipe.fit(epochs, 1e-3))),
    // a learner cannot be cloned; a larger program would save it and return the name of the file
    RTE.map(({ learner, halted }) => ({ steps: learner.steps, rows: learner.history.rows, halted: halted !== null }))
  )
