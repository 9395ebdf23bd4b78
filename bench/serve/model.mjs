// node model.mjs FOLDER MODEL: exports an untrained resnet18 for images of 224 px as MODEL (a folder) and MODEL.onnx.
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { imageFolder, resnet18, withSize } from 'graft-vision'
import { cnnLearner, exportLearner, exportOnnx, openData, predictorOf, withNodeEnv } from 'graft-vision/node'
import { right } from '../record.mjs'

const [folder, model] = process.argv.slice(2)
right(
  await withNodeEnv()(
    pipe(
      openData(pipe(imageFolder(folder), withSize(224))),
      RTE.chainW((data) => cnnLearner(data, resnet18, { pretrained: false, linFtrs: [] })),
      RTE.chainFirstW(exportLearner(model)),
      RTE.chainW((l) => exportOnnx(`${model}.onnx`)(predictorOf(l)))
    )
  )()
)
