// Exported models before Python's eyes, by hand: onnx's checker with shape inference, and Python's onnxruntime at
// batches of 1 and 3 against graft's predictions.
//   npm run build && PYTHON=... node test/emit/python/run.mjs [NAME...]
// PYTHON has onnx, onnxruntime and numpy. Exit code 1 if a model does not pass.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as g from 'graft-vision'
import { acquireEngine, Engine, exportOnnx, Io } from 'graft-vision/node'
import { python } from '../../../bench/record.mjs'

const right = (either) => {
  if (either._tag === 'Left') throw new Error(JSON.stringify(either.left))
  return either.right
}

const { conv2d, named, sequential } = g.nn
const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1)
const everyLayer = sequential(
  named('conv', conv2d(3, 8, 3, { padding: 1, dilation: 1 })),
  named('bn', g.nn.batchNorm(8)),
  named('weights', g.nn.weightNorm(conv2d(8, 8, 3, { padding: 1 }))),
  named('spectral', g.nn.spectralNorm(conv2d(8, 8, 1, { bias: false }))),
  named('attention', g.nn.selfAttention(8)),
  g.nn.sum(named('grouped', conv2d(8, 8, 3, { padding: 2, dilation: 2, groups: 4, bias: false })), g.nn.identity),
  g.nn.relu6,
  g.nn.maxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  g.nn.concat(g.nn.leakyRelu(0.1), g.nn.sigmoid, g.nn.tanh),
  g.nn.avgPool2d(2, { ceilMode: true }),
  g.nn.padChannels(1, 2),
  g.nn.scale(0.5),
  g.nn.adaptiveMaxPool2d([5, 6]),
  g.nn.adaptiveAvgPool2d([3, 4]),
  g.nn.adaptiveConcatPool2d([2, 2]),
  g.nn.flatten,
  g.nn.dropout(0.5),
  g.nn.relu,
  named('fc', g.nn.linear(216, 10))
)
// one of each family, the smaller ones
const families = [
  ...['resnet18', 'resnext50_32x4d', 'squeezenet1_1', 'densenet121', 'vgg11_bn', 'alexnet', 'mobilenet_v2'],
  ...['xresnet18', 'xresnet2.xresnet18', 'presnet18', 'wrn_22', 'darknet53']
]
const task = g.classification(['ant', 'bee', 'cat'])
const models = [
  ['every-layer', g.arch({ name: 'every-layer', network: everyLayer }), undefined],
  ...g.catalogue.filter(({ name }) => families.includes(name)).map((arch) => [arch.name, arch, undefined]),
  ['resnet18-with-head', g.withHead(g.head())(g.cut(g.resnet18)), task]
].filter(([name]) => process.argv.length === 2 || process.argv.includes(name))

const n = 3
const folder = mkdtempSync(join(tmpdir(), 'graft-onnx-'))
const engine = right(await acquireEngine('onnxruntime')())
const random = g.generator(1)
const manifest = []
try {
  for (const [name, model, of] of models) {
    const input = name === 'every-layer' ? [3, 30, 37] : [3, 64, 64]
    const plan = right(g.plan({ input, ...(of === undefined ? {} : { task: of }) })(model))
    const state = Engine.initialState(plan, 1)
    const x = Float32Array.from({ length: n * sizeOf(input) }, () => 2 * random.uniform() - 1)
    const inference = right(Engine.compileInference(engine)(plan, state))
    const outputs = right(inference.predict(x, n))
    inference.dispose()
    writeFileSync(join(folder, `${name}.x`), x)
    writeFileSync(join(folder, `${name}.y`), outputs)
    for (const weightsBeside of [false, true]) {
      const file = `${name}-${weightsBeside ? 'beside' : 'inside'}.onnx`
      const predictor = { plan, state, task: of, stats: g.imagenetStats, resize: 'crop', activation: 'softmax' }
      right(await exportOnnx(join(folder, file), { weightsBeside })(predictor)({ files: Io.nodeFiles })())
      manifest.push({ file, name, input, n, outputs: sizeOf(plan.output) })
    }
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const check = fileURLToPath(new URL('check.py', import.meta.url))
  const { status } = spawnSync(python('onnx', 'onnxruntime', 'numpy'), [check, folder], { stdio: 'inherit' })
  process.exitCode = status === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
