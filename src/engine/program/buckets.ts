/**
 * Buckets: a network's small arrays concatenated in one tensor. Feeding, fetching and updating a tensor costs the same
 * whatever its size, and a network has many more vectors than large weights.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type Shape, sizeOf } from '../../model/index.js'
import { engineShape, toTorch, writeToEngine } from './layout.js'
import { download, read, upload, type Values } from './tensors.js'

/** An array of a network; `shape` is torch's. */
export interface Member {
  readonly path: string
  readonly shape: Shape
}

/**
 * The arrays of one tensor, at least one. The tensor of a single array has its shape; that of several is `[1, size]`.
 */
export type Bucket<A extends Member = Member> = ReadonlyArray<A>

/** A bucket's tensor is named by the path of its first member. */
export const keyOf = (bucket: Bucket): string => bucket[0]!.path

// Above this size, sharing operators saves less than copying the array into the bucket and out of it costs.
const SHORT = 1 << 17

const isShort = ({ shape }: Member): boolean => sizeOf(shape) <= SHORT

/** Small arrays for which `sharing` returns the same share a bucket; all others have one each. */
export const bucketsOf = <A extends Member>(
  arrays: ReadonlyArray<A>,
  sharing: (array: A) => string | undefined
): ReadonlyArray<Bucket<A>> => {
  const buckets: Array<Array<A>> = []
  const shared = new Map<string, Array<A>>()
  for (const array of arrays) {
    const name = isShort(array) ? sharing(array) : undefined
    const found = name === undefined ? undefined : shared.get(name)
    if (found !== undefined) {
      found.push(array)
      continue
    }
    const bucket = [array]
    buckets.push(bucket)
    if (name !== undefined) shared.set(name, bucket)
  }
  return buckets
}

const sizes = (bucket: Bucket): Array<number> => bucket.map(({ shape }) => sizeOf(shape))

/** Concatenates tensors of the members' sizes to the bucket's shape. */
export const joined = (tensors: ReadonlyArray<tf.Tensor>): tf.Tensor =>
  tensors.length === 1
    ? tensors[0]!
    : tf.concat(
        tensors.map((tensor) => tf.reshape(tensor, [1, tensor.size])),
        1
      )

/** The members' tensors. That of a bucket of one is the bucket's own; the others are new. */
export const apart = (bucket: Bucket, tensor: tf.Tensor): ReadonlyArray<tf.Tensor> =>
  bucket.length === 1
    ? [tensor]
    : tf.split(tensor, sizes(bucket), 1).map((part, i) => tf.reshape(part, engineShape(bucket[i]!.shape)))

/** Every array's tensor by its path; those in shared buckets are new. */
export const arraysIn = (buckets: ReadonlyArray<Bucket>, values: Values): ReadonlyMap<string, tf.Tensor> =>
  new Map(
    buckets.flatMap((bucket) =>
      apart(bucket, values.get(keyOf(bucket))!).map((tensor, i) => [bucket[i]!.path, tensor] as const)
    )
  )

/** How many numbers a bucket has. */
export const lengthOf = (bucket: Bucket): number => sizes(bucket).reduce((a, b) => a + b)

/** The shape of a bucket's tensor. */
export const shapeOf = (bucket: Bucket): Array<number> =>
  bucket.length === 1 ? engineShape(bucket[0]!.shape) : [1, lengthOf(bucket)]

/** Writes the members' values in torch's layout; those that are null are left as they are. */
export const fillBucket = (bucket: Bucket, arrays: ReadonlyArray<Float32Array | null>, all: Float32Array): void => {
  let offset = 0
  bucket.forEach(({ shape }, i) => {
    const [array, end] = [arrays[i]!, offset + sizeOf(shape)]
    if (array !== null) writeToEngine(array, shape, all.subarray(offset, end))
    offset = end
  })
}

/** The bucket's tensor from the members' values in torch's layout; null for zeros. */
export const uploadBucket = (bucket: Bucket, arrays: ReadonlyArray<Float32Array | null>): tf.Tensor => {
  if (bucket.length === 1) return upload(bucket[0]!.shape, arrays[0]!)
  const all = new Float32Array(lengthOf(bucket))
  fillBucket(bucket, arrays, all)
  return tf.keep(tf.tensor2d(all, [1, all.length]))
}

/** The inverse of `uploadBucket`: copies in torch's layout. */
export const downloadBucket = (bucket: Bucket, tensor: tf.Tensor): ReadonlyArray<Float32Array> => {
  if (bucket.length === 1) return [download(tensor, bucket[0]!.shape)]
  const all = read(tensor)
  let offset = 0
  return bucket.map(({ shape }) => {
    const own = all.slice(offset, (offset += sizeOf(shape)))
    return toTorch(own, shape)
  })
}
