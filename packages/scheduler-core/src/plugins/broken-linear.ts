/** A point of a piecewise linear function. */
export interface ShapePoint {
  readonly utilization: number
  readonly score: number
}

/** Goes straight from point to point in whole numbers, and stays level before the first and after the last. */
export function brokenLinear(shape: readonly ShapePoint[]): (utilization: number) => number {
  return (utilization) => {
    let before: ShapePoint | undefined
    for (const point of shape) {
      if (utilization <= point.utilization) {
        if (before === undefined) return point.score
        const rise = (point.score - before.score) * (utilization - before.utilization)
        return before.score + Math.trunc(rise / (point.utilization - before.utilization))
      }
      before = point
    }
    return before?.score ?? 0
  }
}
