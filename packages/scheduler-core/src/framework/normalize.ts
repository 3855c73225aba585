import type { NodeScore } from './interfaces.ts'

/** The best score a node can have. */
export const maxNodeScore = 100

/** Scales scores so that the highest is 100; reversed, so that the lowest count wins. All stay 0 (or turn 100) when the highest is 0. */
export function defaultNormalize(scores: readonly NodeScore[], reverse: boolean): readonly NodeScore[] {
  const highest = scores.reduce((most, { score }) => Math.max(most, score), 0)
  if (highest === 0) return reverse ? scores.map(({ name }) => ({ name, score: maxNodeScore })) : scores
  return scores.map(({ name, score }) => {
    const scaled = Math.trunc((maxNodeScore * score) / highest)
    return { name, score: reverse ? maxNodeScore - scaled : scaled }
  })
}
