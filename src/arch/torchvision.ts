/**
 * Weights published by torchvision, whose file names contain the first digits of their SHA-256. timm has most of them
 * on the Hugging Face hub.
 */
import { imagenetInput, type WeightsRecord } from '../model/index.js'

const record = (tag: string, resized: number, file: string, hub: string | null): WeightsRecord => ({
  tag,
  url: `https://download.pytorch.org/models/${file}.pth`,
  sha256Prefix: file.slice(file.lastIndexOf('-') + 1),
  hub,
  licence: 'BSD-3-Clause',
  classes: 1000,
  size: 224,
  crop: 224 / resized,
  mean: imagenetInput.mean,
  std: imagenetInput.std
})

/** torchvision's IMAGENET1K_V1: evaluated on the centre 224 pixels of 256. */
export const imagenet1kV1 = (file: string, hub: string | null = null): WeightsRecord =>
  record('tv_in1k', 256, file, hub)

/** torchvision's IMAGENET1K_V2, trained with a longer recipe: evaluated on the centre 224 pixels of 232. */
export const imagenet1kV2 = (file: string, hub: string | null = null): WeightsRecord =>
  record('tv2_in1k', 232, file, hub)
