/**
 * A decoded image: 8-bit samples, rows first, channels innermost (`data[(y * width + x) * channels + c]`), RGB.
 *
 * @category data
 * @since 0.1.0
 */
export interface Pixels {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Uint8Array
}
