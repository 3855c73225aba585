import { differences } from '../compare/differences.ts'
import { differenceLines, type Paint } from '../compare/report.ts'
import type { FieldDifference, ScheduleComparison } from './compare.ts'

/** Sums over many snapshots. */
export class ScheduleTotals {
  same = 0
  different = 0
  snapshotsSame = 0
  snapshotsDifferent = 0
  failed = 0
  readonly byField: Map<string, number> = new Map()

  add({ same, different, differences: found }: ScheduleComparison): void {
    this.same += same
    this.different += different
    if (found.length === 0) this.snapshotsSame += 1
    else this.snapshotsDifferent += 1
    for (const field of new Set(found.map((entry) => entry.field))) {
      const count = found.filter((entry) => entry.field === field).length
      this.byField.set(field, (this.byField.get(field) ?? 0) + count)
    }
  }

  lines(paint: Paint): readonly string[] {
    const bad = this.different > 0 || this.failed > 0
    const fields = [...this.byField].sort(([, left], [, right]) => right - left)
    return [
      ...fields.map(([field, count]) => `  ${field.padEnd(24)} ${paint('red', `${count} different`)}`),
      paint('bold', `attempts: ${paint('green', `${this.same} same`)}, ${this.different} different`),
      `snapshots: ${this.snapshotsSame} same, ${this.snapshotsDifferent} different, ${this.failed} failed${bad ? '' : ': no difference'}`,
    ]
  }
}

/** The first differences of a snapshot, for a person. */
export function scheduleDifferenceLines(found: readonly FieldDifference[], show: number, paint: Paint): string[] {
  return found
    .slice(0, show)
    .flatMap(({ attempt, field, expected, actual }) => [
      `  ${paint('bold', attempt)} ${field}`,
      ...differenceLines(differences(expected, actual, 3), paint),
    ])
}
