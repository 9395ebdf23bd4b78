/**
 * Weights published by torchvision, whose file names contain the first digits of their SHA-256. timm has most of them
 * on the Hugging Face hub.
 */
import { imagenetInput, type WeightsRecord } from '../model/index.js'

/** Weights evaluated on the centre `size` pixels of images whose shorter side has `resized`. */
export const torchvisionRecord = (
  tag: string,
  file: string,
  { size, resized, hub = null }: { readonly size: number; readonly resized: number; readonly hub?: string | null }
): WeightsRecord => ({
  tag,
  url: `https://download.pytorch.org/models/${file}.pth`,
  sha256Prefix: file.slice(file.lastIndexOf('-') + 1),
  hub,
  licence: 'BSD-3-Clause',
  classes: 1000,
  size,
  crop: size / resized,
  mean: imagenetInput.mean,
  std: imagenetInput.std
})

/** torchvision's IMAGENET1K_V1: evaluated on the centre 224 pixels of 256. */
export const imagenet1kV1 = (file: string, hub: string | null = null): WeightsRecord =>
  torchvisionRecord('tv_in1k', file, { size: 224, resized: 256, hub })

/** torchvision's IMAGENET1K_V2, trained with a longer recipe: evaluated on the centre 224 pixels of 232. */
export const imagenet1kV2 = (file: string, hub: string | null = null): WeightsRecord =>
  torchvisionRecord('tv2_in1k', file, { size: 224, resized: 232, hub })
