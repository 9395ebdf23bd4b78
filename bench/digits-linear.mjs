// How far a linear model gets on the pixels of a two-class set in the layout of MNIST_SAMPLE: logistic regression, fitted to
// convergence by L-BFGS at several strengths of weight decay. The generated digits should stay at or below 95 %.
//   node bench/digits-linear.mjs [folder]        without a folder: the default generated set
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const generated = async () => {
  const { digits } = await import('graft-vision')
  const { nodeIo, openData } = await import('graft-vision/node')
  const data = await openData(digits())(nodeIo())()
  if (data._tag === 'Left') throw new Error(`${data.left._tag}: ${data.left.found}`)
  return data.right.root
}

const load = async (root, part) => {
  const rows = []
  for (const [label, name] of readdirSync(join(root, part)).sort().entries())
    for (const file of readdirSync(join(root, part, name))) rows.push({ label, file: join(root, part, name, file) })
  const images = []
  for (const { file } of rows)
    images.push(Float64Array.from(await sharp(file).toColourspace('b-w').raw().toBuffer(), (v) => v / 255))
  return { images, labels: rows.map((row) => row.label) }
}

const dot = (a, b) => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

const score = (weights, image) => dot(image, weights) + weights[image.length]

/** Mean cross entropy plus decay, and its gradient; the last weight is the bias. */
const lossOf =
  ({ images, labels }, decay) =>
  (weights) => {
    const gradient = new Float64Array(weights.length)
    const n = images[0].length
    let loss = 0
    images.forEach((image, k) => {
      const z = score(weights, image)
      const p = 1 / (1 + Math.exp(-z))
      loss += Math.max(z, 0) - z * labels[k] + Math.log1p(Math.exp(-Math.abs(z)))
      const d = p - labels[k]
      for (let i = 0; i < n; i++) gradient[i] += d * image[i]
      gradient[n] += d
    })
    for (let i = 0; i < gradient.length; i++)
      gradient[i] = gradient[i] / images.length + (i < n ? 2 * decay * weights[i] : 0)
    return { loss: loss / images.length + decay * dot(weights.subarray(0, n), weights.subarray(0, n)), gradient }
  }

/** Nocedal's two-loop recursion with a backtracking line search. */
const minimise = (f, start, steps) => {
  let x = start
  let at = f(x)
  const memory = []
  for (let step = 0; step < steps; step++) {
    const direction = at.gradient.slice()
    const alphas = []
    for (const { s, y, rho } of [...memory].reverse()) {
      const alpha = rho * dot(s, direction)
      alphas.push(alpha)
      for (let i = 0; i < direction.length; i++) direction[i] -= alpha * y[i]
    }
    const last = memory.at(-1)
    if (last) for (let i = 0; i < direction.length; i++) direction[i] *= 1 / (last.rho * dot(last.y, last.y))
    for (const { s, y, rho } of memory) {
      const beta = rho * dot(y, direction)
      const alpha = alphas.pop()
      for (let i = 0; i < direction.length; i++) direction[i] += (alpha - beta) * s[i]
    }
    const slope = -dot(at.gradient, direction)
    if (slope > -1e-10) break
    let rate = 1
    let next
    let there
    for (; rate > 1e-10; rate /= 2) {
      next = x.map((v, i) => v - rate * direction[i])
      there = f(next)
      if (there.loss <= at.loss + 1e-4 * rate * slope) break
    }
    const s = next.map((v, i) => v - x[i])
    const y = there.gradient.map((v, i) => v - at.gradient[i])
    if (dot(s, y) > 0) memory.push({ s, y, rho: 1 / dot(s, y) })
    if (memory.length > 20) memory.shift()
    if (at.loss - there.loss < 1e-7) break
    x = next
    at = there
  }
  return { weights: x, loss: at.loss }
}

const accuracy = (weights, { images, labels }) =>
  images.filter((image, k) => (score(weights, image) > 0 ? 1 : 0) === labels[k]).length / images.length

const root = process.argv[2] ?? (await generated())
const [train, valid] = [await load(root, 'train'), await load(root, 'valid')]
console.log(
  `decay, loss, training accuracy, validation accuracy (${train.images.length} and ${valid.images.length} images)`
)
for (const decay of [0, 1e-4, 1e-3, 1e-2]) {
  const { weights, loss } = minimise(lossOf(train, decay), new Float64Array(train.images[0].length + 1), 300)
  console.log(
    [decay, loss.toFixed(4), accuracy(weights, train).toFixed(4), accuracy(weights, valid).toFixed(4)].join(', ')
  )
}
