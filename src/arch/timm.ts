/** Weights published by timm on the Hugging Face hub. */
import { type ArchInput, imagenetInput, type WeightsRecord } from '../model/index.js'

/** What a record of timm's says beside its tag. */
interface Published {
  readonly size?: number
  readonly crop?: number
  readonly stats?: Pick<ArchInput, 'mean' | 'std'>
  readonly licence?: string
  /** Outputs of the classifier; 0: the weights have none. */
  readonly classes?: number
}

/** Means and deviations of one half, as of networks that were first trained with TensorFlow or JAX. */
export const half: Pick<ArchInput, 'mean' | 'std'> = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }

/**
 * The weights `name.tag` of timm's organisation on the hub, by default evaluated on the centre 0.875 of images of 224
 * pixels with ImageNet's statistics.
 */
export const timm = (name: string, tag: string, published: Published = {}): WeightsRecord => ({
  tag,
  url: null,
  sha256Prefix: null,
  hub: `timm/${name}.${tag}`,
  licence: published.licence ?? 'Apache-2.0',
  classes: published.classes ?? 1000,
  size: published.size ?? 224,
  crop: published.crop ?? 0.875,
  mean: (published.stats ?? imagenetInput).mean,
  std: (published.stats ?? imagenetInput).std
})
