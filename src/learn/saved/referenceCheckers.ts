/** Programs that accompany a reference: they run the model on its pixels and compare the scores. */

export const checkerInPython = `"""Checks the ONNX model beside this folder: needs numpy and onnxruntime."""

import json
import pathlib
import sys

import numpy
import onnxruntime

folder = pathlib.Path(__file__).resolve().parent
reference = json.loads((folder / 'reference.json').read_text())
session = onnxruntime.InferenceSession(str(folder.parent / reference['model']), providers=['CPUExecutionProvider'])
worst = 0.0
for image in reference['images']:
    pixels = numpy.load(folder / image['pixels'])
    scores = session.run(None, {'images': pixels[numpy.newaxis]})[0][0].ravel()
    expected = numpy.array(image['scores'])
    worst = max(worst, float((abs(scores - expected) / numpy.maximum(1, abs(expected))).max()))
print(f"{len(reference['images'])} images, largest difference {worst:.2e}")
sys.exit(0 if worst <= reference['tolerance'] else 1)
`

export const checkerInNode = `// Checks the ONNX model beside this folder: needs onnxruntime-node.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const at = (name) => fileURLToPath(new URL(name, import.meta.url))
const { model, tolerance, images } = JSON.parse(readFileSync(at('reference.json'), 'utf8'))

/** An array of bytes in NumPy's format. */
const pixelsOf = (file) => {
  const bytes = readFileSync(file)
  const start = 10 + bytes.readUInt16LE(8)
  const [, shape] = /'shape': \\(([^)]*)\\)/.exec(bytes.toString('latin1', 10, start))
  return { data: new Uint8Array(bytes.subarray(start)), shape: shape.split(',').map(Number) }
}

const session = await InferenceSession.create(at(\`../\${model}\`), { logSeverityLevel: 3 })
let worst = 0
for (const { pixels, scores } of images) {
  const { data, shape } = pixelsOf(at(pixels))
  const { output } = await session.run({ images: new Tensor('uint8', data, [1, ...shape]) })
  scores.forEach((score, i) => {
    worst = Math.max(worst, Math.abs(output.data[i] - score) / Math.max(1, Math.abs(score)))
  })
}
console.log(\`\${images.length} images, largest difference \${worst.toExponential(2)}\`)
process.exitCode = worst <= tolerance ? 0 : 1
`
