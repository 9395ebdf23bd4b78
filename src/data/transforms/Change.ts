/**
 * `Transform` and `DrawnTransform`: changes of an image, with bounds for their parameters or with drawn numbers.
 *
 * @since 0.1.0
 */
import type { PaddingMode } from './PaddingMode.js'

/**
 * One number, or the bounds between which one is drawn.
 *
 * @category transforms
 * @since 0.1.0
 */
export type Between = number | readonly [low: number, high: number]

/**
 * Changes that fastai defines, and torchvision's random crop. Positions are fractions of the free space: 0 is top or
 * left, 0.5 the centre. `Several` is the type of a parameter that is drawn several times, `Within` the bounds that it was
 * drawn from, `Noise` what a change needs to draw pixels.
 */
type Geometry<P, Several, Within, Noise> =
  /** Scales the image so that it covers a square of this side, before anything else. */
  | { readonly _tag: 'Presize'; readonly pixels: P }
  /** Adds pixels on all four sides. */
  | { readonly _tag: 'Pad'; readonly pixels: P; readonly padding?: PaddingMode }
  /** Crops to the data's size at a position; an image that is too small is first padded. */
  | { readonly _tag: 'CropPad'; readonly row: P; readonly col: P; readonly padding?: PaddingMode }
  /** Crops a part of random area and aspect ratio, and scales it to the data's size. */
  | ({
      readonly _tag: 'RandomResizedCrop'
      readonly scale: Several
      readonly ratio: Several
      readonly row: P
      readonly col: P
    } & Within)
  /** Flips horizontally. */
  | { readonly _tag: 'FlipLr' }
  /** One of the eight symmetries of the square: bit 0 flips the rows, bit 1 flips the columns, bit 2 transposes. */
  | { readonly _tag: 'Dihedral'; readonly k: P }
  /** The same as part of the affine transform; the image keeps its sides. Bit 0 flips the columns, bit 1 the rows. */
  | { readonly _tag: 'DihedralAffine'; readonly k: P }
  | { readonly _tag: 'Rotate'; readonly degrees: P }
  /** Scales by `scale` about a position. */
  | { readonly _tag: 'Zoom'; readonly scale: P; readonly row: P; readonly col: P }
  /** Stretches the width (below 1) or the height (above 1). */
  | { readonly _tag: 'Squish'; readonly scale: P; readonly row: P; readonly col: P }
  /** Enlarges the area `scale` times and changes the aspect ratio; `invert` (0 or 1) exchanges width and height. */
  | {
      readonly _tag: 'ZoomSquish'
      readonly scale: Several
      readonly squish: Several
      readonly invert: Several
      readonly row: P
      readonly col: P
    }
  /**
   * Perspective: the distance that the corners move apart on the right, left, bottom and top side, as a fraction of
   * half the side.
   */
  | { readonly _tag: 'SymmetricWarp'; readonly magnitude: readonly [P, P, P, P] }
  /**
   * Perspective: how far each corner moves, as fractions of half the side: x and y of the top left, bottom left, top
   * right and bottom right corner.
   */
  | { readonly _tag: 'PerspectiveWarp'; readonly magnitude: readonly [P, P, P, P, P, P, P, P] }
  /** Perspective of an image tilted away: 0 left, 1 top, 2 right, 3 bottom. */
  | { readonly _tag: 'Tilt'; readonly direction: P; readonly magnitude: P }
  /** Perspective with one corner moved: 0 to 7, two directions for each corner. */
  | { readonly _tag: 'Skew'; readonly direction: P; readonly magnitude: P }
  /** Moves every pixel by a random distance of up to `magnitude` of half the side. */
  | ({ readonly _tag: 'Jitter'; readonly magnitude: P } & Noise)

/** Changes of samples that fastai defines. */
type Light<P, Noise> =
  /** Adds the logit of `change` to the logit of each sample; 0.5 changes nothing. */
  | { readonly _tag: 'Brightness'; readonly change: P }
  /** Multiplies the logit of each sample. */
  | { readonly _tag: 'Contrast'; readonly scale: P }
  /** Fills a channel with noise of up to a random part of `thresh`. */
  | ({ readonly _tag: 'RgbRandomize'; readonly channel: P; readonly thresh: P } & Noise)
  /** Blackens squares with sides of `length` pixels. */
  | ({ readonly _tag: 'Cutout'; readonly holes: P; readonly length: P } & Noise)

/** Changes of 8-bit pixels that torchvision and Pillow define, applied last and in the order of the list. */
type Pixelwise<P> =
  /** Moves by pixels, rounded towards 0; what was outside is black. */
  | { readonly _tag: 'Translate'; readonly x: P; readonly y: P }
  /** Moves by fractions of the width and the height. */
  | { readonly _tag: 'TranslateRel'; readonly x: P; readonly y: P }
  | { readonly _tag: 'Shear'; readonly x: P; readonly y: P }
  /** Rotates by nearest neighbour; what was outside is black. */
  | { readonly _tag: 'RotateNearest'; readonly degrees: P }
  | { readonly _tag: 'AdjustBrightness'; readonly factor: P }
  | { readonly _tag: 'AdjustContrast'; readonly factor: P }
  /** Saturation: 0 is grey, 1 changes nothing. */
  | { readonly _tag: 'Colour'; readonly factor: P }
  | { readonly _tag: 'Sharpness'; readonly factor: P }
  /** Inverts samples of at least `threshold`. */
  | { readonly _tag: 'Solarize'; readonly threshold: P }
  /** Keeps the highest bits of each sample. */
  | { readonly _tag: 'Posterize'; readonly bits: P }
  | { readonly _tag: 'Equalize' }
  | { readonly _tag: 'AutoContrast' }
  | { readonly _tag: 'Invert' }
  /** `kernel` is the width of the kernel in pixels, an odd number. */
  | { readonly _tag: 'GaussianBlur'; readonly sigma: P; readonly kernel: P }

type ChangeOf<P, Several, Within, Noise> = Geometry<P, Several, Within, Noise> | Light<P, Noise> | Pixelwise<P>

/** Policies: drawing one draws other changes. */
type Policy =
  | { readonly _tag: 'TrivialAugment' }
  /** `n` changes of magnitude `m`, from 0 to 30. */
  | { readonly _tag: 'RandAugment'; readonly n: Between; readonly m: Between }

/**
 * A change of an image with bounds for its parameters, and the probability `p` of applying it.
 *
 * @category transforms
 * @since 0.1.0
 */
export type Transform = (ChangeOf<Between, Between, unknown, unknown> | Policy) & { readonly p: number }

/**
 * A change of an image with drawn parameters. `seed` determines noise; a random resized crop has the bounds of its ratio
 * in `within`.
 *
 * @category transforms
 * @since 0.1.0
 */
export type DrawnTransform = ChangeOf<
  number,
  ReadonlyArray<number>,
  { readonly within: readonly [low: number, high: number] },
  { readonly seed: number }
>
