/** The best score a node can have. */
export const maxNodeScore = 100

/** Scales scores in place so that the highest is 100; reversed, so that the lowest count wins. All stay 0 (or turn 100) when the highest is 0. */
export function defaultNormalize(scores: number[], reverse: boolean): undefined {
  let highest = 0
  for (const score of scores) if (score > highest) highest = score
  if (highest === 0) {
    if (reverse) scores.fill(maxNodeScore)
    return undefined
  }
  for (let index = 0; index < scores.length; index++) {
    const scaled = Math.trunc((maxNodeScore * (scores[index] ?? 0)) / highest)
    scores[index] = reverse ? maxNodeScore - scaled : scaled
  }
  return undefined
}
