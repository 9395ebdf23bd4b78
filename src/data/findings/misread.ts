/** Samples that end far below white, or exceed black or white. */
export const isMisread = ({
  extremes: [least, greatest],
  range: [black, white]
}: {
  readonly extremes: readonly [least: number, greatest: number]
  readonly range: readonly [black: number, white: number]
}): boolean => least < black || greatest > white || (greatest > black && greatest - black <= (white - black) / 4)
