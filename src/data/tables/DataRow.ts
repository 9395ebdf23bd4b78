/**
 * `DataRow`: a record of an image.
 *
 * @since 0.1.0
 */

type Scalar = string | number | boolean | null

/**
 * A value of a record: a string, a number, or a list of them, such as the labels of an image. Null and undefined mean a
 * missing value.
 *
 * @category data
 * @since 0.1.0
 */
export type RowValue = Scalar | undefined | ReadonlyArray<Scalar>

/**
 * A record of an image: the values of its columns by their names.
 *
 * @category data
 * @since 0.1.0
 */
export type DataRow = Readonly<Record<string, RowValue>>
