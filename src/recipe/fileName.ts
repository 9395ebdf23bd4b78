/** Returns whether a recipe may use this name for a file: no path separators, not hidden. */
export const isFileName = (name: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)

/** What such a name consists of, for error messages. */
export const fileName = 'of letters, digits, "_", "-" and "."'
