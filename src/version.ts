/**
 * This package's version; a test compares it with package.json.
 *
 * @category values
 * @since 0.1.0
 */
export const version = '0.1.0'
