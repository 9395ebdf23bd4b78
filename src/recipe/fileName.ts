/** Names that a recipe may give to files: no separators, nothing hidden. */
export const isFileName = (name: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)

/** What such a name is, in an error. */
export const fileName = 'of letters, digits, "_", "-" and "."'
