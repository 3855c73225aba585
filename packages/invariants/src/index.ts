export { type Checker, type CheckerOptions, createChecker } from './checker.ts'
export { generationTable, type SpecOf } from './generation/table.ts'
export type { ObservedEvent, Rule, WatchState } from './rule.ts'
export { invariants } from './rules/all.ts'
export { eventsFitTheState } from './rules/events.ts'
export {
  generationCountsSpecChanges,
  generationIsMonotonic,
  observedGenerationIsNotAhead,
} from './rules/generation.ts'
export { birthStays, deletionIsFinal, uidStays } from './rules/life.ts'
export { resourceVersionIncreases, resourceVersionIsComparable, watchGoesForward } from './rules/resource-version.ts'
export type { WatchStart } from './state/watch.ts'
export { type Breach, formatViolation, type ObjectRef, refOf, type Violation } from './violation.ts'
export { type ReplayStart, watchEqualsList } from './watch-equals-list.ts'
